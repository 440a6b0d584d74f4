import ModeluxCore
import Testing

struct ModelReferenceTests {
    @Test(arguments: [
        ("@fast", ModelReference.config("fast")), ("openai/gpt-4o", .target(provider: "openai", model: "gpt-4o")),
        ("gpu/org/llama/4", .target(provider: "gpu", model: "org/llama/4")), ("gpt-4o", .bare("gpt-4o")),
        ("a@b", .bare("a@b")), ("é", .bare("é")), ("gpu/", .target(provider: "gpu", model: "")),
    ])
    func `a reference reads as what it names`(text: String, expected: ModelReference) throws {
        #expect(try ModelReference(text) == expected)
    }

    @Test(arguments: ["", "@", "/", "/m"])
    func `an empty part names nothing`(text: String) throws {
        let failure = try #require(throws: Failure.self) { try ModelReference(text) }
        #expect(failure.kind == .unknownModel && failure.parameter == "model")
    }

    @Test(
        arguments: [
            ("gpt-4o-mini", Vendor.openai), ("o1", .openai), ("o3-mini", .openai), ("o4-mini", .openai),
            ("chatgpt-4o-latest", .openai), ("text-embedding-3-small", .openai), ("claude-haiku-4-5", .anthropic),
            ("gemini-2.5-flash", .google), ("llama-4", nil), ("", nil), ("GPT-4o", nil),
        ] as [(String, Vendor?)])
    func `a bare name has its vendor's prefix`(name: String, vendor: Vendor?) {
        #expect(ModelReference.vendor(ofBare: name) == vendor)
    }

    @Test func `the error cuts a long name`() {
        #expect(ModelReference.unknown(String(repeating: "x", count: 100_000)).message.utf8.count < 600)
    }
}
