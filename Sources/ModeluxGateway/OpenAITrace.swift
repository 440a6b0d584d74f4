import ModeluxCore
import ModeluxWire
import NIOCore

/// Puts the `modelux` object into an answer that asked for it (`mlx:trace`).
enum OpenAITrace {
    /// The body with `"modelux": extras` as its last member; a body that is no object stays as it is.
    static func inserted(_ extras: String, into body: ByteBuffer) -> ByteBuffer {
        let bytes = body.readableBytesView
        guard let brace = bytes.lastIndex(of: UInt8(ascii: "}")) else { return body }
        let before = bytes[..<brace].last { $0 > 0x20 }
        let separator = before == UInt8(ascii: "{") ? "" : ","
        let edit = JSONEdit.insert(separator + "\"modelux\":" + extras, at: brace - bytes.startIndex)
        return JSONEdit.apply([edit], to: body)
    }

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
