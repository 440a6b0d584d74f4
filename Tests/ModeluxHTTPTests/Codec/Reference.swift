import NIOCore
import NIOEmbedded
import NIOHTTP1

@testable import ModeluxHTTP

/// What NIOHTTP1 makes of the same bytes, in the same form.
enum Reference {
    /// NIOHTTP1 leaves the white space at the end of a value; RFC 9112, section 5, takes it away.
    private static func fields(_ headers: HTTPHeaders) -> [String] {
        headers.map { name, value in
            var value = Substring(value)
            while value.hasSuffix(" ") || value.hasSuffix("\t") { value = value.dropLast() }
            return "\(name): \(value)"
        }
    }

    static func requests(_ bytes: ByteBuffer) -> Outcome {
        let channel = EmbeddedChannel()
        var outcome = Outcome()
        do {
            let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)
            try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(decoder))
            try channel.writeInbound(bytes)
        } catch {
            outcome.end = .refused(400)
        }
        while let part = try? channel.readInbound(as: HTTPServerRequestPart.self) {
            switch part {
            case .head(let head):
                let version = head.version == .http1_1 ? "1.1" : head.version == .http1_0 ? "1.0" : "?"
                outcome.messages.append(
                    .init(
                        start: "\(head.method.rawValue) \(head.uri) \(version)",
                        fields: fields(head.headers)
                    ))
            case .body(let bytes):
                outcome.messages[outcome.messages.count - 1].body.writeImmutableBuffer(bytes)
            case .end:
                outcome.messages[outcome.messages.count - 1].isComplete = true
            }
        }
        _ = try? channel.finish(acceptAlreadyClosed: true)
        return outcome
    }

    static func response(_ bytes: ByteBuffer, isHead: Bool) -> Outcome {
        let channel = EmbeddedChannel()
        var outcome = Outcome()
        do {
            let decoder = HTTPResponseDecoder(
                leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .forward)
            try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(decoder))
            let head = HTTPRequestHead(version: .http1_1, method: isHead ? .HEAD : .GET, uri: "/")
            try channel.writeOutbound(HTTPClientRequestPart.head(head))
            try channel.writeInbound(bytes)
            _ = try channel.finish(acceptAlreadyClosed: true)
        } catch {
            outcome.end = .refused(400)
        }
        while let part = try? channel.readInbound(as: HTTPClientResponsePart.self) {
            switch part {
            case .head(let head):
                outcome.messages.append(
                    .init(start: "\(head.status.code)", fields: fields(head.headers)))
                if head.status.code < 200 { outcome.messages[outcome.messages.count - 1].isComplete = true }
            case .body(let bytes):
                outcome.messages[outcome.messages.count - 1].body.writeImmutableBuffer(bytes)
            case .end:
                outcome.messages[outcome.messages.count - 1].isComplete = true
            }
        }
        _ = try? channel.finish(acceptAlreadyClosed: true)
        return outcome
    }
}
