import ModeluxCore
import ModeluxWire
import NIOCore

/// What the sandbox answers to one call: a status with a body, or the events of a stream.
struct SandboxReply {
    /// The HTTP status.
    let status: Int
    /// The body; empty for a stream.
    let body: ByteBuffer
    /// The events of a stream.
    let events: [ByteBuffer]?
    /// Seconds to wait before a retry, on a 429.
    let retryAfterSeconds: Int?

    /// Answers a call.
    init(
        to inquiry: Inquiry, body: ByteBuffer, model: SandboxModel, state: SandboxState, _ record: RequestRecord
    ) {
        if model == .flaky, let status = state.flakyStatus() {
            let isLimit = status == 429
            let failure = Failure(
                isLimit ? .rateLimited : .internalError,
                isLimit ? "sandbox/flaky: too many requests" : "sandbox/flaky: something broke")
            self.init(status: status, body: OpenAIError.body(for: failure), retryAfterSeconds: isLimit ? 1 : nil)
            return
        }
        guard let request = try? JSONValue(parsing: body) else {
            self.init(
                status: 400, body: OpenAIError.body(for: Failure(.invalidJSON, "the request body is not valid JSON")))
            return
        }
        guard (inquiry.endpoint == .embeddings) == (model == .embed) else {
            let failure = Failure(
                .unsupportedParameter,
                "sandbox/\(model.rawValue) does not serve \(inquiry.endpoint.name)", parameter: "model")
            self.init(status: 400, body: OpenAIError.body(for: failure))
            return
        }
        guard model != .embed else {
            self.init(status: 200, body: SandboxReply.embeddings(request))
            return
        }
        let chat = SandboxChat(request, model: model)
        let encoding = SandboxEncoding(
            id: "chatcmpl-" + record.requestID.description, created: record.createdAt.microseconds / 1_000_000,
            model: model.rawValue)
        guard inquiry.members.isStream else {
            self.init(status: 200, body: encoding.completion(chat))
            return
        }
        self.init(status: 200, events: encoding.events(chat))
    }

    private init(
        status: Int, body: ByteBuffer = ByteBuffer(), events: [ByteBuffer]? = nil, retryAfterSeconds: Int? = nil
    ) {
        self.status = status
        self.body = body
        self.events = events
        self.retryAfterSeconds = retryAfterSeconds
    }

    /// An embeddings answer: one vector for each text of `input`.
    private static func embeddings(_ request: JSONValue) -> ByteBuffer {
        let input = request["input"]
        let texts = input?.string.map { [$0] } ?? (input?.elements ?? []).map { $0.string ?? String(buffer: $0.buffer) }
        let asked = request["dimensions"]?.integer ?? Int64(SandboxEmbedding.defaultDimensions)
        let dimensions = Int(clamping: min(max(asked, 1), Int64(SandboxEmbedding.maximumDimensions)))
        let isBase64 = request["encoding_format"]?.string == "base64"
        let tokens = texts.reduce(0) { $0 + SandboxText.pieces(of: $1).count }
        var json = JSONText()
        json.object { json in
            json.member("object", "list")
            json.key("data")
            json.array { json in
                for (index, text) in texts.enumerated() {
                    let vector = SandboxEmbedding.vector(of: text, dimensions: dimensions)
                    json.object { json in
                        json.member("object", "embedding")
                        json.member("index", Int64(index))
                        if isBase64 {
                            json.member("embedding", SandboxEmbedding.base64(vector))
                        } else {
                            json.key("embedding")
                            json.raw("[" + vector.map { String($0) }.joined(separator: ",") + "]")
                        }
                    }
                }
            }
            json.member("model", "embed")
            json.key("usage")
            json.object { json in
                json.member("prompt_tokens", Int64(tokens))
                json.member("total_tokens", Int64(tokens))
            }
        }
        return ByteBuffer(bytes: json.bytes)
    }
}
