import ModeluxCore
import Testing

struct EnvironmentProvidersTests {
    @Test(
        arguments: [
            (["OPENAI_API_KEY": "k"], "openai", nil, "k"),
            (["OPENAI_API_KEY": "k", "OPENAI_BASE_URL": "http://h/v1"], "openai", "http://h/v1", "k"),
            (["ANTHROPIC_API_KEY": "k"], "anthropic", nil, "k"),
            (["GEMINI_API_KEY": "k", "GEMINI_BASE_URL": "http://h"], "google", "http://h", "k"),
            (["GROQ_API_KEY": "k"], "groq", nil, "k"),
            (["FIREWORKS_API_KEY": "k"], "fireworks", nil, "k"),
            (["AZURE_OPENAI_API_KEY": "k", "AZURE_OPENAI_ENDPOINT": "https://r"], "azure", "https://r", "k"),
            (["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s", "AWS_REGION": "r"], "bedrock", nil, "a::s::r"),
            (["AWS_BEARER_TOKEN_BEDROCK": "b"], "bedrock", nil, "b"),
        ] as [([String: String], String, String?, String)])
    func `the variables of a vendor's SDK make a provider of its name`(
        environment: [String: String], name: String, address: String?, credential: String
    ) throws {
        let provider = try #require(EnvironmentProviders.read(environment).first)
        #expect(provider.name == name)
        #expect(provider.baseURL == address)
        #expect(provider.credential?.reveal() == credential)
        #expect(provider.source == .environment)
        #expect(provider.id.text.utf8.count == 25)
    }

    @Test
    func `azure takes its deployments and its version`() throws {
        let provider = try #require(
            EnvironmentProviders.read([
                "AZURE_OPENAI_API_KEY": "k", "AZURE_OPENAI_ENDPOINT": "https://r", "OPENAI_API_VERSION": "2024-10-21",
                "AZURE_OPENAI_DEPLOYMENTS": "gpt-4o=prod,gpt-4o-mini=small",
            ]).first)
        #expect(provider.deployments == ["gpt-4o": "prod", "gpt-4o-mini": "small"])
        #expect(provider.apiVersion == "2024-10-21")
    }

    @Test(arguments: [
        [:], ["OPENAI_API_KEY": ""], ["OPENAI_BASE_URL": "http://h"], ["AZURE_OPENAI_API_KEY": "k"],
        ["AWS_ACCESS_KEY_ID": "a"],
    ])
    func `half a provider is none`(environment: [String: String]) {
        #expect(EnvironmentProviders.read(environment).isEmpty)
    }

    @Test
    func `every vendor has an id of its own`() {
        let all = EnvironmentProviders.read([
            "OPENAI_API_KEY": "k", "ANTHROPIC_API_KEY": "k", "GEMINI_API_KEY": "k", "GROQ_API_KEY": "k",
            "FIREWORKS_API_KEY": "k", "AZURE_OPENAI_API_KEY": "k", "AZURE_OPENAI_ENDPOINT": "e",
            "AWS_BEARER_TOKEN_BEDROCK": "k",
        ])
        #expect(Set(all.map(\.id)).count == 7)
    }
}
