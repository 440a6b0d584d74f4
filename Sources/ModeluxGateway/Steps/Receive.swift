import ModeluxCore
import ModeluxHTTP
import NIOCore

/// Step 1: the request's head → the endpoint it is for, which also tells in which wire shape to answer.
struct Receive {
    /// Finds the endpoint.
    /// - Throws: `Failure` of kind `notFound`, `methodNotAllowed` or `unsupportedMediaType`.
    func callAsFunction(_ head: RequestHead) throws(Failure) -> Endpoint {
        // Nearly every request is this one: no string is made for it.
        let isChat = head.hasPath("/v1/chat/completions") || head.hasPath("/openai/v1/chat/completions")
        guard let endpoint = isChat ? .chatCompletions : Endpoint(path: head.path) else {
            throw Failure(
                .notFound,
                "nothing is served at \(head.path.prefix(200)): inference is at /openai/v1/…, /anthropic/v1/… or /v1/…, "
                    + "the management API on its own listener")
        }
        guard head.method == endpoint.method else {
            throw Failure(.methodNotAllowed, "/\(endpoint.name) takes \(endpoint.method), not \(head.method)")
        }
        guard endpoint.method == "POST" else { return endpoint }
        if let type = head.headers.firstBytes("content-type"),
            !type.readableBytesUInt8Span.hasPrefixIgnoringCase("application/json")
        {
            throw Failure(
                .unsupportedMediaType, "content-type is \"\(String(buffer: type).prefix(100))\": send application/json",
                parameter: "content-type")
        }
        if let encoding = head.headers.first("content-encoding"), encoding.lowercased() != "identity" {
            throw Failure(
                .unsupportedMediaType, "content-encoding \"\(encoding.prefix(100))\" is not taken: send plain JSON",
                parameter: "content-encoding")
        }
        return endpoint
    }
}
