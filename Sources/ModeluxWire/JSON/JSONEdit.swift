public import NIOCore

/// One change to the bytes of a JSON text: what stands in `range` is replaced. All other bytes stay as they are.
public struct JSONEdit: Sendable, Hashable {
    /// The bytes that go, counted from the buffer's reader index.
    public let range: Range<Int>
    /// What comes in their place.
    private let replacement: Replacement

    private enum Replacement: Sendable, Hashable {
        /// JSON text as it is.
        case json(String)
        /// A JSON string of this text.
        case string(String)

        var byteCount: Int {
            switch self {
            case .json(let text), .string(let text): text.utf8.count
            }
        }

        func write(to buffer: inout ByteBuffer) {
            switch self {
            case .json(let text): buffer.writeString(text)
            case .string(let text): JSONString.append(escaped: text, to: &buffer)
            }
        }
    }

    /// Replaces a range, such as a member's value, by JSON text.
    public static func replace(_ range: Range<Int>, with json: String) -> JSONEdit {
        JSONEdit(range: range, replacement: .json(json))
    }

    /// Replaces a range by a JSON string of `text`.
    public static func replace(_ range: Range<Int>, withString text: String) -> JSONEdit {
        JSONEdit(range: range, replacement: .string(text))
    }

    /// Removes a range, such as a member together with its comma.
    public static func remove(_ range: Range<Int>) -> JSONEdit {
        JSONEdit(range: range, replacement: .json(""))
    }

    /// Inserts JSON text at a place, such as a member and its comma before the closing brace.
    public static func insert(_ json: String, at offset: Int) -> JSONEdit {
        JSONEdit(range: offset..<offset, replacement: .json(json))
    }

    /// Applies edits to `body` in one new buffer; without edits it is the same buffer and nothing is copied. The edits
    /// may come in any order; one that overlaps an earlier range, or lies outside the body, is left out.
    public static func apply(_ edits: [JSONEdit], to body: ByteBuffer) -> ByteBuffer {
        guard !edits.isEmpty else { return body }
        let count = body.readableBytes
        var edits = edits
        if edits.count > 1 { edits.sort { $0.range.lowerBound < $1.range.lowerBound } }
        // Room for the quotes, and a little for escapes; more of them only make the buffer grow.
        let added = edits.reduce(0) { $0 + $1.replacement.byteCount + 8 }
        var result = ByteBufferAllocator().buffer(capacity: count + added)
        var position = 0
        for edit in edits {
            guard edit.range.lowerBound >= position, edit.range.upperBound <= count else { continue }
            copy(position..<edit.range.lowerBound, of: body, to: &result)
            edit.replacement.write(to: &result)
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
