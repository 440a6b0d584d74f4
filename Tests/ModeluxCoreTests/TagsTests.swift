import ModeluxCore
import Testing

struct TagsTests {
    @Test(
        arguments: [
            ("", []), ("a=b", ["a=b"]), (" a = b , c=d=e,", ["a=b", "c=d=e"]), ("a=,b=x", ["a=", "b=x"]),
            ("a=1,a=2", ["a=2"]),
        ] as [(String, [String])])
    func `a header is read`(header: String, expected: [String]) throws {
        #expect(try Tags(header: header).pairs.map { "\($0.key)=\($0.value)" } == expected)
    }

    @Test(arguments: [
        "a", "=b", String(repeating: "k", count: 65) + "=v", "k=" + String(repeating: "v", count: 257),
        (0..<33).map { "k\($0)=v" }.joined(separator: ","),
    ])
    func `what passes a limit is refused`(header: String) throws {
        let failure = try #require(throws: Failure.self) { try Tags(header: header) }
        #expect(failure.kind.status == 400)
    }

    @Test func `the limits themselves are allowed`() throws {
        let tags = try Tags(
            header: (0..<31).map { "k\($0)=v" }.joined(separator: ",") + ","
                + String(repeating: "k", count: 64) + "=" + String(repeating: "v", count: 256))
        #expect(tags.pairs.count == 32)
        #expect(tags["k0"] == "v" && tags["none"] == nil && !tags.isEmpty)
    }
}
