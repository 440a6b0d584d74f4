import Crypto
import ModeluxCore

/// The configuration that gateway tests share.
enum Fixture {
    static let projectID = Identifier("proj_test")

    static func key(_ secret: String) -> APIKey {
        let digest = SHA256.hash(data: Array(secret.utf8)).withUnsafeBytes { KeyDigest(bytes: $0) }
        return APIKey(
            id: Identifier("key_test"), projectID: projectID, name: "test",
            digest: digest ?? KeyDigest(0, 0, 0, 0), display: "mlx_sk_…test",
            createdAt: Timestamp(microseconds: 0), requestsPerMinute: 0)
    }

    /// gpt-4o-mini at $0.15 and $0.60, and the sandbox at $1 and $2, per million tokens.
    static var catalogue: Catalogue {
        func model(_ name: String, _ input: Int64, _ output: Int64) -> Model {
            Model(
                name: name, mode: "chat", maximumOutputTokens: 16_384,
                prices: [
                    Price(
                        id: "\(name)@2026-01-01", effectiveFrom: Timestamp(microseconds: 0),
                        standard: Tariff(
                            base: Rates(
                                input: Rate(nanoUSDPerMillion: input * 1_000_000),
                                cachedInput: Rate(nanoUSDPerMillion: input * 500_000),
                                output: Rate(nanoUSDPerMillion: output * 1_000_000))))
                ])
        }
        var models = ["openai/gpt-4o-mini": model("gpt-4o-mini", 150, 600)]
        for name in ["echo", "lorem", "slow", "flaky", "tools", "embed"] {
            models["sandbox/" + name] = model(name, 1000, 2000)
        }
        return Catalogue(models: models, date: "2026-01-01")
    }

    /// An OpenAI provider at an address of the test.
    static func openAI(at baseURL: String, credential: String = "sk-provider-secret") -> Provider {
        Provider(
            id: Identifier("prov_openai"), name: "openai", vendor: .openai, baseURL: baseURL, isDefault: true,
            credential: Secret(credential))
    }

    static let question = #"{"model":"openai/gpt-4o-mini","messages":[{"role":"user","content":"hi"}]}"#
    static let answer =
        #"{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"gpt-4o-mini-2024-07-18","choices":"#
        + #"[{"index":0,"message":{"role":"assistant","content":"Hello!"},"finish_reason":"stop"}],"usage":"#
        + #"{"prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100,"prompt_tokens_details":"#
        + #"{"cached_tokens":400}},"service_tier":"default"}"#

    static let events = [
        #"data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null}"#
            + "\n\n",
        #"data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"Hello!"},"finish_reason":null}],"usage":null}"#
            + "\n\n",
        #"data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}"#
            + "\n\n",
        #"data: {"id":"c","object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100}}"#
            + "\n\n",
        "data: [DONE]\n\n",
    ]
}
