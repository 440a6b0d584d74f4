import ModeluxCore
import NIOCore

/// Cuts a byte stream into frames of AWS's event stream encoding (`application/vnd.amazon.eventstream`), however it
/// arrives in pieces: two lengths, their checksum, headers, payload, the checksum of all before it.
///
///     stream.feed(piece)
///     while let frame = try stream.next() { … }
///
/// Both checksums are verified, the first one before anything is believed of the lengths. Every byte is looked at once;
/// bytes are copied only when a frame spans pieces.
struct AWSEventStream: Sendable {
    /// The longest frame that is taken where nothing else is said: 16 MiB, AWS's own limit.
    static let defaultMaximumFrameBytes = 16 << 20

    /// One frame.
    struct Frame: Sendable, Hashable {
        /// `event`, `exception` or `error`.
        var messageType = ""
        /// What kind of event, exception or error it is.
        var type = ""
        /// The sentence of an `error`.
        var errorMessage = ""
        /// What it carries.
        var payload = ByteBuffer()
    }

    private let maximumFrameBytes: Int
    /// What has not been handed out yet.
    private var buffer = ByteBuffer()
    /// Whether `buffer` was made here and no slice of it was handed out, so that it can grow in place.
    private var ownsBuffer = false

    init(maximumFrameBytes: Int = AWSEventStream.defaultMaximumFrameBytes) {
        self.maximumFrameBytes = maximumFrameBytes
    }

    /// Whether a frame is there in part.
    var hasRest: Bool { buffer.readableBytes > 0 }

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

    /// The next whole frame; nil when more bytes are needed.
    /// - Throws: `Failure` of kind `providerError` when a checksum or a length is wrong, or the frame is too long.
    mutating func next() throws(Failure) -> Frame? {
        let limit = maximumFrameBytes
        let found = try buffer.withView { (bytes: ByteView) throws(Failure) -> Layout? in
            try Layout(bytes, maximumFrameBytes: limit)
        }
        guard let found else { return nil }
        var frame = found.frame
        frame.payload =
            buffer.getSlice(at: buffer.readerIndex + found.payload.lowerBound, length: found.payload.count)
            ?? ByteBuffer()
        buffer.moveReaderIndex(forwardBy: found.length)
        ownsBuffer = false
        return frame
    }

    /// The places of a frame's parts, counted from its first byte.
    private struct Layout {
        var frame = Frame()
        var length = 0
        var payload = 0..<0

        /// Reads what stands at the front; nil when it is not complete.
        init?(_ bytes: ByteView, maximumFrameBytes: Int) throws(Failure) {
            guard bytes.count >= 12 else { return nil }
            let length = bytes.bigEndian(at: 0, count: 4)
            let headers = bytes.bigEndian(at: 4, count: 4)
            guard CRC32.of(bytes, 0..<8) == UInt32(truncatingIfNeeded: bytes.bigEndian(at: 8, count: 4)) else {
                throw Layout.fault("a wrong checksum")
            }
            guard length >= 16, length <= maximumFrameBytes, headers <= length - 16 else {
                throw Layout.fault("a wrong length")
            }
            guard bytes.count >= length else { return nil }
            let sum = UInt32(truncatingIfNeeded: bytes.bigEndian(at: length - 4, count: 4))
            guard CRC32.of(bytes, 0..<length - 4) == sum else { throw Layout.fault("a wrong checksum") }
            self.length = length
            payload = 12 + headers..<length - 4
            try readHeaders(bytes, 12..<12 + headers)
        }

        private mutating func readHeaders(_ bytes: ByteView, _ range: Range<Int>) throws(Failure) {
            var index = range.lowerBound
            while index < range.upperBound {
                let name = index + 1..<index + 1 + Int(bytes[index])
                let kind = bytes[name.upperBound]
                index = name.upperBound + 1
                let width: Int
                switch kind {
                case 0, 1: width = 0
                case 2: width = 1
                case 3: width = 2
                case 4: width = 4
                case 5, 8: width = 8
                case 9: width = 16
                case 6, 7:
                    width = bytes.bigEndian(at: index, count: 2)
                    index += 2
                default: throw Layout.fault("a header of an unknown type")
                }
                guard index + width <= range.upperBound else { throw Layout.fault("a wrong header") }
                if kind == 7 { take(name, index..<index + width, bytes) }
                index += width
            }
        }

        private mutating func take(_ name: Range<Int>, _ value: Range<Int>, _ bytes: ByteView) {
            if bytes.equals(name, ":message-type") {
                frame.messageType = bytes.string(value)
            } else if bytes.equals(name, ":event-type") || bytes.equals(name, ":exception-type")
                || bytes.equals(name, ":error-code")
            {
                frame.type = bytes.string(value)
            } else if bytes.equals(name, ":error-message") {
                frame.errorMessage = bytes.string(value)
            }
        }

        private static func fault(_ reason: String) -> Failure {
            Failure(.providerError, "the provider's event stream has \(reason)")
        }
    }
}

extension ByteView {
    /// A number of at most four bytes, the highest first.
    fileprivate func bigEndian(at index: Int, count: Int) -> Int {
        (0..<count).reduce(0) { $0 << 8 | Int(self[index + $1]) }
    }
}
