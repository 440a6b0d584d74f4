public import ModeluxCore
public import NIOCore

/// Writes failures in Anthropic's shape: `{"type":"error","error":{"type","message"},"request_id"}`.
public enum AnthropicError {
    /// The body of an error answer. The cause never shows. `requestID` is the gateway's, left out when nil. What the
    /// failure says of an exceeded budget stands in `error`.
    public static func body(for failure: Failure, requestID: String?) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: 160 + failure.message.utf8.count)
        write(failure, requestID, to: &buffer)
        return buffer
    }

    /// The same as an event of a stream that has already begun; the connection ends after it.
    public static func event(for failure: Failure, requestID: String?) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: 192 + failure.message.utf8.count)
        buffer.writeStaticString("event: error\ndata: ")
        write(failure, requestID, to: &buffer)
        buffer.writeStaticString("\n\n")
        return buffer
    }

    /// The error type of a kind: the word that Anthropic itself uses where it has one of its own.
    public static func type(of kind: Failure.Kind) -> String {
        switch kind {
        case .bodyTooLarge: "request_too_large"
        case .overloaded: "overloaded_error"
        default: kind.type
        }
    }

    private static func write(
        _ failure: Failure, _ requestID: String?, to buffer: inout ByteBuffer
    ) {
        buffer.writeStaticString(#"{"type":"error","error":{"type":"#)
        JSONString.append(escaped: type(of: failure.kind), to: &buffer)
        buffer.writeStaticString(#","message":"#)
        JSONString.append(escaped: failure.message, to: &buffer)
        if let budget = failure.budget {
            buffer.writeStaticString(#","budget":"#)
            buffer.writeString(budget)
        }
        buffer.writeStaticString("}")
        if let requestID {
            buffer.writeStaticString(#","request_id":"#)
            JSONString.append(escaped: requestID, to: &buffer)
        }
        buffer.writeStaticString("}")
    }
}
