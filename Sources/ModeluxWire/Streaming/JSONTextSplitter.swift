import ModeluxCore
import NIOCore

/// Cuts a stream of JSON objects, one after the other or in an array, into the objects: what Google sends where
/// server-sent events were not asked for. Every byte is looked at once.
struct JSONTextSplitter: Sendable {
    private let maximumBytes: Int
    private var parser = Parser()
    /// What has not been handed out yet.
    private var buffer = ByteBuffer()
    /// Whether `buffer` was made here and no slice of it was handed out, so that it can grow in place.
    private var ownsBuffer = false

    init(maximumBytes: Int = SSEDecoder.defaultMaximumEventBytes) {
        self.maximumBytes = maximumBytes
    }

    /// Takes the next piece.
    mutating func feed(_ piece: ByteBuffer) {
        if buffer.readableBytes == 0 {
            buffer = piece
            ownsBuffer = false
        } else if ownsBuffer {
            buffer.writeImmutableBuffer(piece)
        } else {
            var joined = ByteBufferAllocator().buffer(capacity: buffer.readableBytes + piece.readableBytes)
            joined.writeImmutableBuffer(buffer)
            joined.writeImmutableBuffer(piece)
            buffer = joined
            ownsBuffer = true
        }
    }

    /// The next whole object; nil when more bytes are needed.
    /// - Throws: `Failure` of kind `providerError` when an object is longer than the limit, or something else stands
    ///   between them.
    mutating func next() throws(Failure) -> ByteBuffer? {
        var parser = parser
        defer { self.parser = parser }
        let isWhole = try buffer.withView { (bytes: ByteView) throws(Failure) -> Bool in try parser.scan(bytes) }
        guard parser.scanned <= maximumBytes else {
            throw Failure(.providerError, "the provider's stream has an object of more than \(maximumBytes) bytes")
        }
        // Inside an object its bytes are kept; what stands between objects goes.
        guard parser.depth == 0 else { return nil }
        let object =
            isWhole
            ? buffer.getSlice(
                at: buffer.readerIndex + parser.start, length: parser.scanned - parser.start) : nil
        buffer.moveReaderIndex(forwardBy: parser.scanned)
        parser.scanned = 0
        ownsBuffer = ownsBuffer && !isWhole
        return object
    }

    /// Where the scan stands; places are counted from the buffer's first byte.
    private struct Parser: Sendable {
        var scanned = 0
        /// Where the object begins.
        private(set) var start = 0
        private(set) var depth = 0
        private var isInString = false
        private var isEscaped = false

        /// Looks at what is new; true when an object ended at `scanned`.
        mutating func scan(_ bytes: ByteView) throws(Failure) -> Bool {
            while scanned < bytes.count {
                let byte = bytes[scanned]
                scanned += 1
                if isInString {
                    readInString(byte)
                } else if byte == UInt8(ascii: "{") {
                    if depth == 0 { start = scanned - 1 }
                    depth += 1
                } else if depth > 0 {
                    if byte == UInt8(ascii: "\"") {
                        isInString = true
                    } else if byte == UInt8(ascii: "}") {
                        depth -= 1
                        if depth == 0 { return true }
                    }
                } else if byte > 0x20, byte != UInt8(ascii: "["), byte != UInt8(ascii: ","), byte != UInt8(ascii: "]") {
                    throw Failure(.providerError, "the provider's stream is no JSON")
                }
            }
            return false
        }

        private mutating func readInString(_ byte: UInt8) {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isInString = false
            }
        }
    }
}
