import ModeluxCore
import Testing

struct CatalogueTests {
    private let catalogue: Catalogue = {
        let names = [
            "openai/gpt-4o", "gemini/gemini-2.0-flash", "bedrock/anthropic.claude-3-haiku-20240307-v1:0",
            "bedrock/openai.gpt-oss-120b-1:0", "bedrock/meta.llama3", "fireworks_ai/accounts/fireworks/models/m",
            "azure_ai/grok-4", "azure/gpt-4o", "mine/gpt-4o", "anthropic/claude-3-5-sonnet",
        ]
        return Catalogue(
            models: Dictionary(uniqueKeysWithValues: names.map { ($0, Model(name: $0, mode: "chat")) }),
            date: "2026-11-23")
    }()

    @Test(
        arguments: [
            (Vendor.openai, "gpt-4o", "openai/gpt-4o"), (.openai, "gpt-4o-2024-08-06", "openai/gpt-4o"),
            (.openai, "gpt-4o-latest", "openai/gpt-4o"), (.openai, "gpt-4o-preview", "openai/gpt-4o"),
            (.openai, "gpt-4o-mini", nil), (.openai, "gpt-4o-20-08-06", nil), (.openai, "", nil),
            (.anthropic, "claude-3-5-sonnet-20241022", "anthropic/claude-3-5-sonnet"),
            (.anthropic, "claude-3-5-sonnet@20241022", "anthropic/claude-3-5-sonnet"),
            (.google, "models/gemini-2.0-flash", "gemini/gemini-2.0-flash"),
            (.google, "gemini-2.0-flash-001", "gemini/gemini-2.0-flash"),
            (.bedrock, "us.anthropic.claude-3-haiku-20240307-v1:0", "bedrock/anthropic.claude-3-haiku-20240307-v1:0"),
            (.bedrock, "anthropic.claude-3-haiku-20240307", "bedrock/anthropic.claude-3-haiku-20240307-v1:0"),
            (.bedrock, "openai.gpt-oss-120b", "bedrock/openai.gpt-oss-120b-1:0"),
            (.bedrock, "eu.meta.llama3-v2:0", "bedrock/meta.llama3"),
            (.fireworks, "accounts/fireworks/models/m", "fireworks_ai/accounts/fireworks/models/m"),
            (.azure, "grok-4", "azure_ai/grok-4"), (.azure, "gpt-4o", "azure/gpt-4o"),
            (.openaiCompatible, "gpt-4o", nil),
        ] as [(Vendor, String, String?)])
    func `a name finds the model that it is a variant of`(vendor: Vendor, name: String, expected: String?) {
        let provider = Provider(id: Identifier("prov_x"), name: "other", vendor: vendor)
        #expect(catalogue.model(name, at: provider)?.name == expected)
    }

    @Test func `an operator's own entry comes first`() {
        let provider = Provider(id: Identifier("prov_x"), name: "mine", vendor: .openai)
        #expect(catalogue.model("gpt-4o", at: provider)?.name == "mine/gpt-4o")
    }

    @Test func `all models come sorted by name`() {
        #expect(catalogue.all.map(\.name) == catalogue.all.map(\.name).sorted())
        #expect(catalogue.all.count == catalogue.count)
        #expect(Catalogue.empty.count == 0)
    }
}
