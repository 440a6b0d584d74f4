import NIOCore

/// Takes the body of one message out of the bytes of a connection, piece by piece.
enum BodyReader {
    case ended
    case length(Int)
    case chunked(ChunkReader)
    case untilClose

    init(_ framing: BodyFraming) {
        switch framing {
        case .none: self = .ended
        case .length(let length): self = length == 0 ? .ended : .length(length)
        case .chunked: self = .chunked(ChunkReader())
        case .untilClose: self = .untilClose
        }
    }

    /// True once no further byte belongs to the body.
    var hasEnded: Bool {
        switch self {
        case .ended: true
        case .length, .untilClose: false
        case .chunked(let reader): reader.hasEnded
        }
    }

    /// Takes the next piece: a slice of what was received, never a copy.
    mutating func next(from buffer: inout ByteBuffer) throws(HTTPViolation) -> ChunkReader.Step {
        switch self {
        case .ended:
            return .end
        case .length(let left):
            guard let slice = buffer.readSlice(length: min(left, buffer.readableBytes)), slice.readableBytes > 0
            else { return .needsMore }
            self = slice.readableBytes == left ? .ended : .length(left - slice.readableBytes)
            return .data(slice)
        case .chunked(var reader):
            defer { self = .chunked(reader) }
            return try reader.next(from: &buffer)
        case .untilClose:
            guard let slice = buffer.readSlice(length: buffer.readableBytes), slice.readableBytes > 0
            else { return .needsMore }
            return .data(slice)
        }
    }
}
