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
        var models = [
            "openai/gpt-4o-mini": model("gpt-4o-mini", 150, 600),
            "anthropic/claude-haiku-4-5": model("claude-haiku-4-5", 1000, 5000),
        ]
        for name in ["echo", "lorem", "slow", "flaky", "tools", "embed"] {
            models["sandbox/" + name] = model(name, 1000, 2000)
        }
        // At $1, $10 and $100 of input and twice that of output per million tokens.
        for (name, price) in [("a", Int64(1000)), ("b", 10_000), ("c", 100_000)] {
            models[name + "/m"] = model("m", price, price * 2)
        }
        return Catalogue(models: models, date: "2026-01-01")
    }

    /// A compatible provider at an address of the test.
    static func compatible(_ name: String, at baseURL: String) -> Provider {
        Provider(
            id: Identifier("prov_" + name), name: name, vendor: .openaiCompatible, baseURL: baseURL,
            credential: Secret("sk-of-provider-" + name))
    }

    /// An answer of the OpenAI shape that says `text`, of 100 tokens in and 10 out.
    static func saying(_ text: String, finish: String = "stop") -> String {
        #"{"id":"x","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":"#
            + #"{"role":"assistant","content":"\#(text)"},"finish_reason":"\#(finish)"}],"#
            + #""usage":{"prompt_tokens":100,"completion_tokens":10,"total_tokens":110}}"#
    }

    /// A question to a config.
    static func asking(_ model: String, _ more: String = "") -> String {
        #"{"model":"\#(model)","messages":[{"role":"user","content":"hi"}]\#(more)}"#
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

/// Anthropic's shape.
extension Fixture {
    static func anthropic(at baseURL: String) -> Provider {
        Provider(
            id: Identifier("prov_anthropic"), name: "anthropic", vendor: .anthropic,
            baseURL: String(baseURL.dropLast(3)), isDefault: true, credential: Secret("sk-ant-provider-secret"))
    }

    static let messagesQuestion =
        #"{"model":"anthropic/claude-haiku-4-5","max_tokens":100,"mlx:tags":{"team":"a"},"#
        + #""messages":[{"role":"user","content":"hi"}]}"#
    static let messagesAnswer =
        #"{"model":"claude-haiku-4-5","id":"msg_1","type":"message","role":"assistant","content":[{"type":"text","#
        + #""text":"Hello!"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":600,"#
        + #""cache_read_input_tokens":400,"cache_creation_input_tokens":0,"output_tokens":100,"service_tier":"standard"}}"#

    static let messagesEvents = [
        "event: message_start\n"
            + #"data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","content":[],"model":"claude-haiku-4-5","stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":1000,"output_tokens":1}}}"#
            + "\n\n",
        "event: content_block_start\n"
            + #"data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"# + "\n\n",
        "event: ping\ndata: {\"type\":\"ping\"}\n\n",
        "event: content_block_delta\n"
            + #"data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello!"}}"# + "\n\n",
        "event: content_block_stop\n" + #"data: {"type":"content_block_stop","index":0}"# + "\n\n",
        "event: message_delta\n"
            + #"data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":100}}"#
            + "\n\n",
        "event: message_stop\n" + #"data: {"type":"message_stop"}"# + "\n\n",
    ]
}
