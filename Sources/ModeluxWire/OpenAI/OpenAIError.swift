public import ModeluxCore
public import NIOCore

/// Writes failures in the OpenAI shape: `{"error":{"message","type","param","code"}}`.
public enum OpenAIError {
    /// The body of an error answer. `code` is the kind's word, `param` null when no parameter is at fault; for
    /// `budgetExceeded` the code is the number 402, and `budget` stands where `param` would. The cause never shows.
    public static func body(for failure: Failure) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: 128 + failure.message.utf8.count)
        write(failure, to: &buffer)
        return buffer
    }

    /// The same as an event of a stream that has already begun; the connection ends after it.
    public static func event(for failure: Failure) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: 144 + failure.message.utf8.count)
        buffer.writeStaticString("data: ")
        write(failure, to: &buffer)
        buffer.writeStaticString("\n\n")
        return buffer
    }

    private static func write(_ failure: Failure, to buffer: inout ByteBuffer) {
        guard failure.kind != .budgetExceeded else { return writeBudget(failure, to: &buffer) }
        buffer.writeStaticString(#"{"error":{"message":"#)
        JSONString.append(escaped: failure.message, to: &buffer)
        buffer.writeStaticString(#","type":"#)
        JSONString.append(escaped: failure.kind.type, to: &buffer)
        buffer.writeStaticString(#","param":"#)
        if let parameter = failure.parameter {
            JSONString.append(escaped: parameter, to: &buffer)
        } else {
            buffer.writeStaticString("null")
        }
        buffer.writeStaticString(#","code":"#)
        JSONString.append(escaped: failure.kind.code, to: &buffer)
        buffer.writeStaticString("}}")
    }

    private static func writeBudget(_ failure: Failure, to buffer: inout ByteBuffer) {
        buffer.writeStaticString(#"{"error":{"type":"budget_exceeded","message":"#)
        JSONString.append(escaped: failure.message, to: &buffer)
        buffer.writeStaticString(#","code":402"#)
        if let budget = failure.budget {
            buffer.writeStaticString(#","budget":"#)
            buffer.writeString(budget)
        }
        buffer.writeStaticString("}}")
    }
}
