public import NIOCore

/// One change to the bytes of a JSON text: what stands in `range` is replaced. All other bytes stay as they are.
public struct JSONEdit: Sendable, Hashable {
    /// The bytes that go, counted from the buffer's reader index.
    public let range: Range<Int>
    /// The bytes that come.
    public let replacement: ByteBuffer

    /// Replaces a range, such as a member's value, by JSON text.
    public static func replace(_ range: Range<Int>, with json: String) -> JSONEdit {
        JSONEdit(range: range, replacement: ByteBuffer(string: json))
    }

    /// Replaces a range by a JSON string of `text`.
    public static func replace(_ range: Range<Int>, withString text: String) -> JSONEdit {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(text.utf8.count + 2)
        JSONString.append(escaped: text, to: &buffer)
        return JSONEdit(range: range, replacement: buffer)
    }

    /// Removes a range, such as a member together with its comma.
    public static func remove(_ range: Range<Int>) -> JSONEdit {
        JSONEdit(range: range, replacement: ByteBuffer())
    }

    /// Inserts JSON text at a place, such as a member and its comma before the closing brace.
    public static func insert(_ json: String, at offset: Int) -> JSONEdit {
        JSONEdit(range: offset..<offset, replacement: ByteBuffer(string: json))
    }

    /// Applies edits to `body` with one allocation; without edits it is the same buffer and nothing is copied. The
    /// edits may come in any order; one that overlaps an earlier range, or lies outside the body, is left out.
    public static func apply(_ edits: [JSONEdit], to body: ByteBuffer) -> ByteBuffer {
        guard !edits.isEmpty else { return body }
        let count = body.readableBytes
        let edits = edits.sorted { $0.range.lowerBound < $1.range.lowerBound }
        let added = edits.reduce(0) { $0 + $1.replacement.readableBytes }
        var result = ByteBufferAllocator().buffer(capacity: count + added)
        var position = 0
        for edit in edits {
            guard edit.range.lowerBound >= position, edit.range.upperBound <= count else { continue }
            copy(position..<edit.range.lowerBound, of: body, to: &result)
            result.writeImmutableBuffer(edit.replacement)
            position = edit.range.upperBound
        }
        copy(position..<count, of: body, to: &result)
        return result
    }

    private static func copy(_ range: Range<Int>, of body: ByteBuffer, to result: inout ByteBuffer) {
        guard let slice = body.getSlice(at: body.readerIndex + range.lowerBound, length: range.count) else { return }
        result.writeImmutableBuffer(slice)
    }
}
