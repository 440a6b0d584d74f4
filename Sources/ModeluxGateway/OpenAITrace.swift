import ModeluxCore
import NIOCore

/// Shows the trace in a stream of the OpenAI shape.
enum OpenAITrace {
    /// An extra chunk with empty `choices`, for the end of a stream.
    static func event(_ extras: String, _ record: RequestRecord) -> ByteBuffer {
        var json = JSONText()
        json.object { json in
            json.member("id", "chatcmpl-" + record.requestID.description)
            json.member("object", "chat.completion.chunk")
            json.member("created", record.createdAt.microseconds / 1_000_000)
            json.member("model", record.model)
            json.key("choices")
            json.array { _ in }
            json.key("modelux")
            json.raw(extras)
        }
        return ByteBuffer(string: "data: " + json.text + "\n\n")
    }
}
