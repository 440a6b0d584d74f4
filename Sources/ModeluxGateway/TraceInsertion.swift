import ModeluxCore
import ModeluxWire
import NIOCore

/// Puts the `modelux` object into a whole answer that asked for it (`mlx:trace`), whatever its shape.
enum TraceInsertion {
    /// The body with `"modelux": extras` as its last member; a body that is no object stays as it is.
    static func inserted(_ extras: String, into body: ByteBuffer) -> ByteBuffer {
        let bytes = body.readableBytesView
        guard let brace = bytes.lastIndex(of: UInt8(ascii: "}")) else { return body }
        let before = bytes[..<brace].last { $0 > 0x20 }
        let separator = before == UInt8(ascii: "{") ? "" : ","
        let edit = JSONEdit.insert(separator + "\"modelux\":" + extras, at: brace - bytes.startIndex)
        return JSONEdit.apply([edit], to: body)
    }
}
