import NIOCore

/// Takes a chunked body apart (RFC 9112, section 7.1), however its bytes were cut. Extensions and trailers are checked
/// and dropped.
struct ChunkReader {
    /// What one step found.
    enum Step {
        /// Body bytes: a slice of what was received.
        case data(ByteBuffer)
        /// The last chunk and its trailers are read; bytes after them belong to the next message.
        case end
        /// More bytes are needed.
        case needsMore
    }

    private enum State {
        case size
        case data(Int)
        case dataEnd
        case trailers
        case ended
        /// A rule was broken; what follows has no meaning, so the reader never looks at it.
        case failed(HTTPViolation)
    }

    /// A size line longer than this is refused; real ones are a few bytes.
    private static let maximumSizeLine = 1_024
    /// What all extensions of one body may cost together: they carry no meaning here.
    private static let maximumExtensionBytes = 16_384
    private static let maximumTrailerBytes = 16_384
    private static let maximumTrailers = 64

    private var state = State.size
    private var lines = LineReader()
    private var extensionBytes = 0
    private var trailers = 0

    /// True once the end was read.
    var hasEnded: Bool {
        if case .ended = state { true } else { false }
    }

    /// Takes the next step; bytes that belong to it leave the buffer. Once it threw it always throws.
    mutating func next(from buffer: inout ByteBuffer) throws(HTTPViolation) -> Step {
        do throws(HTTPViolation) {
            return try advance(&buffer)
        } catch {
            state = .failed(error)
            throw error
        }
    }

    private mutating func advance(_ buffer: inout ByteBuffer) throws(HTTPViolation) -> Step {
        while true {
            switch state {
            case .size:
                guard let size = try readSize(from: &buffer) else { return .needsMore }
                state = size == 0 ? .trailers : .data(size)
            case .data(let left):
                guard let slice = buffer.readSlice(length: min(left, buffer.readableBytes)), slice.readableBytes > 0
                else { return .needsMore }
                state = slice.readableBytes == left ? .dataEnd : .data(left - slice.readableBytes)
                return .data(slice)
            case .dataEnd:
                guard try readDataEnd(from: &buffer) else { return .needsMore }
                state = .size
            case .trailers:
                guard try readTrailers(from: &buffer) else { return .needsMore }
                state = .ended
            case .ended:
                return .end
            case .failed(let violation):
                throw violation
            }
        }
    }

    private mutating func readSize(from buffer: inout ByteBuffer) throws(HTTPViolation) -> Int? {
        guard let line = try lines.next(in: buffer.readableBytesUInt8Span) else {
            guard buffer.readableBytes <= ChunkReader.maximumSizeLine else {
                throw .malformed("a chunk size line is too long")
            }
            return nil
        }
        guard line.count <= ChunkReader.maximumSizeLine else { throw .malformed("a chunk size line is too long") }
        let (size, digits) = try ChunkReader.size(buffer.readableBytesUInt8Span.extracting(line))
        extensionBytes += line.count - digits
        guard extensionBytes <= ChunkReader.maximumExtensionBytes else {
            throw .malformed("the chunk extensions are too long")
        }
        buffer.moveReaderIndex(forwardBy: lines.lineStart)
        lines = LineReader()
        return size
    }

    private mutating func readDataEnd(from buffer: inout ByteBuffer) throws(HTTPViolation) -> Bool {
        let first: UInt8? = buffer.getInteger(at: buffer.readerIndex)
        let second: UInt8? = buffer.getInteger(at: buffer.readerIndex + 1)
        guard first ?? ASCII.carriageReturn == ASCII.carriageReturn, second ?? ASCII.lineFeed == ASCII.lineFeed else {
            throw .malformed("a chunk must end with CR LF")
        }
        guard second != nil else { return false }
        buffer.moveReaderIndex(forwardBy: 2)
        return true
    }

    /// Trailers stay in the buffer until all of them are there; their size is bounded.
    private mutating func readTrailers(from buffer: inout ByteBuffer) throws(HTTPViolation) -> Bool {
        while let line = try lines.next(in: buffer.readableBytesUInt8Span) {
            if line.isEmpty {
                buffer.moveReaderIndex(forwardBy: lines.lineStart)
                return true
            }
            trailers += 1
            let field = try FieldReader.split(line, of: buffer.readableBytesUInt8Span)
            guard trailers <= ChunkReader.maximumTrailers, line.upperBound <= ChunkReader.maximumTrailerBytes else {
                throw .malformed("the trailers are too long")
            }
            guard field.kind == .other || field.kind == .keepAlive else {
                throw .malformed("a trailer must not be about framing or routing")
            }
        }
        guard buffer.readableBytes <= ChunkReader.maximumTrailerBytes else {
            throw .malformed("the trailers are too long")
        }
        return false
    }

    /// `1*HEXDIG *( ";" token [ "=" ( token / quoted-string ) ] )`, at most 15 digits, so it never overflows.
    private static func size(_ line: Span<UInt8>) throws(HTTPViolation) -> (size: Int, digits: Int) {
        var size = 0
        var index = 0
        while index < line.count, let digit = ASCII.hexValue(line[index]) {
            guard index < 15 else { throw .malformed("a chunk size is too large") }
            size = size << 4 | Int(digit)
            index += 1
        }
        let digits = index
        guard digits > 0 else { throw .malformed("a chunk must start with its size in hexadecimal") }
        while index < line.count {
            index = try skipExtension(line, from: index)
        }
        return (size, digits)
    }

    private static func skipExtension(_ line: Span<UInt8>, from start: Int) throws(HTTPViolation) -> Int {
        guard line[start] == ASCII.semicolon else { throw .malformed("a chunk extension must start with ;") }
        var index = start + 1
        while index < line.count, ASCII.isToken(line[index]) { index += 1 }
        guard index > start + 1 else { throw .malformed("a chunk extension must have a name") }
        guard index < line.count, line[index] == 0x3D else { return index }
        index += 1
        let valueStart = index
        if index < line.count, line[index] == 0x22 { return try skipQuoted(line, from: index + 1) }
        while index < line.count, ASCII.isToken(line[index]) { index += 1 }
        guard index > valueStart else { throw .malformed("a chunk extension must have a value after =") }
        return index
    }

    private static func skipQuoted(_ line: Span<UInt8>, from start: Int) throws(HTTPViolation) -> Int {
        var index = start
        while index < line.count, line[index] != 0x22 {
            if line[index] == 0x5C { index += 1 }
            guard index < line.count, ASCII.isFieldValue(line[index]) else {
                throw .malformed("a quoted chunk extension holds a control character")
            }
            index += 1
        }
        guard index < line.count else { throw .malformed("a quoted chunk extension does not end") }
        return index + 1
    }
}
