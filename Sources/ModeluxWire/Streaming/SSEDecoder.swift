public import ModeluxCore
public import NIOCore

/// Cuts a byte stream into server-sent events (WHATWG HTML, section 9.2) however it arrives in pieces, and keeps each
/// event's own bytes, so that a relay can forward events exactly as they came: the events' `raw` bytes joined are the
/// stream.
///
///     decoder.feed(chunk)
///     while let event = try decoder.next() { … }
///     …
///     decoder.finish()                            // at the end of the stream
///     while let event = try decoder.next() { … }  // what was left without a blank line
///
/// Line ends may be LF, CRLF or CR; comments, unknown fields and a byte order mark are kept in `raw` and otherwise
/// ignored. A CR at the end of a chunk waits for the next byte. Bytes are copied only when an event spans chunks.
public struct SSEDecoder: Sendable {
    /// The longest event that is taken where nothing else is said: 8 MiB.
    public static let defaultMaximumEventBytes = 8 << 20

    private let maximumEventBytes: Int
    private var parser = Parser()
    private var isFinished = false
    /// What has not been handed out yet, from the reader index on.
    private(set) var buffer = ByteBuffer()
    /// Whether `buffer` was made here and no slice of it was handed out, so that it can grow in place.
    private var ownsBuffer = false

    /// Makes a decoder that refuses events of more bytes than the limit.
    public init(maximumEventBytes: Int = SSEDecoder.defaultMaximumEventBytes) {
        self.maximumEventBytes = maximumEventBytes
    }

    /// Takes the next piece of the stream.
    public mutating func feed(_ chunk: ByteBuffer) {
        if buffer.readableBytes == 0 {
            buffer = chunk
            ownsBuffer = false
        } else if ownsBuffer {
            buffer.writeImmutableBuffer(chunk)
        } else {
            var joined = ByteBufferAllocator().buffer(capacity: buffer.readableBytes + chunk.readableBytes)
            joined.writeImmutableBuffer(buffer)
            joined.writeImmutableBuffer(chunk)
            buffer = joined
            ownsBuffer = true
        }
    }

    /// Says that the stream has ended: what is left counts as an event even without its blank line.
    public mutating func finish() {
        isFinished = true
    }

    /// The next complete event; nil when more bytes are needed.
    /// - Throws: `Failure` of kind `providerError` when an event is longer than the limit.
    public mutating func next() throws(Failure) -> SSEEvent? {
        let whole = buffer
        guard let block = try nextBlock(), let raw = whole.getSlice(at: whole.readerIndex, length: block.length) else {
            return nil
        }
        return SSEEvent(
            raw: raw, name: block.name.flatMap { raw.getSlice(at: raw.readerIndex + $0.lowerBound, length: $0.count) },
            data: block.data(in: raw))
    }

    /// The place of the next complete event at the front of `buffer`, which then begins after it.
    mutating func nextBlock() throws(Failure) -> SSEBlock? {
        var parser = parser
        let block = buffer.withView { parser.scan($0, isFinished: isFinished) }
        self.parser = parser
        guard block?.length ?? buffer.readableBytes <= maximumEventBytes else {
            throw Failure(.providerError, "the provider's stream has an event of more than \(maximumEventBytes) bytes")
        }
        guard let block else { return nil }
        buffer.moveReaderIndex(forwardBy: block.length)
        ownsBuffer = false
        return block
    }

    /// The state inside an event: places are counted from the event's first byte.
    private struct Parser: Sendable {
        private var lineStart = 0
        private var scanned = 0
        private var block = SSEBlock()
        private var isFirstLine = true

        mutating func scan(_ bytes: ByteView, isFinished: Bool) -> SSEBlock? {
            while let end = lineEnd(bytes, isFinished: isFinished) {
                var next = end
                if bytes[end] == UInt8(ascii: "\r") {
                    if end + 1 == bytes.count, !isFinished {
                        scanned = end
                        return nil
                    }
                    next += bytes[end + 1] == UInt8(ascii: "\n") ? 2 : 1
                } else if end < bytes.count {
                    next += 1
                }
                let line = lineStart..<end
                (lineStart, scanned) = (next, next)
                if !line.isEmpty { read(line, bytes) }
                if line.isEmpty || isFinished && next == bytes.count {
                    var complete = block
                    complete.length = next
                    (lineStart, scanned, block) = (0, 0, SSEBlock())
                    return complete
                }
            }
            scanned = bytes.count
            return nil
        }

        /// The index of the next line end, or the end of the bytes when nothing more can come; nil when there is none.
        private func lineEnd(_ bytes: ByteView, isFinished: Bool) -> Int? {
            var index = scanned
            let ones: UInt64 = 0x0101_0101_0101_0101
            while let word = bytes.word(at: index) {
                let feed = word ^ 0x0A0A_0A0A_0A0A_0A0A
                let carriage = word ^ 0x0D0D_0D0D_0D0D_0D0D
                let hits = (((feed &- ones) & ~feed) | ((carriage &- ones) & ~carriage)) & 0x8080_8080_8080_8080
                if hits != 0 { return index + hits.trailingZeroBitCount >> 3 }
                index &+= 8
            }
            while index < bytes.count {
                if bytes[index] == UInt8(ascii: "\n") || bytes[index] == UInt8(ascii: "\r") { return index }
                index += 1
            }
            return isFinished && bytes.count > 0 ? bytes.count : nil
        }

        private mutating func read(_ line: Range<Int>, _ bytes: ByteView) {
            var line = line
            if isFirstLine, bytes.hasPrefix(at: line.lowerBound, "\u{FEFF}") {
                line = min(line.lowerBound + 3, line.upperBound)..<line.upperBound
            }
            isFirstLine = false
            if let value = value(of: "data", line, bytes) {
                block.add(data: value)
            } else if let value = value(of: "event", line, bytes) {
                block.name = value
            }
        }

        /// A field's value, without the one blank that may follow the colon; nil when the line has another field.
        private func value(of field: StaticString, _ line: Range<Int>, _ bytes: ByteView) -> Range<Int>? {
            let nameEnd = line.lowerBound + field.utf8CodeUnitCount
            guard nameEnd <= line.upperBound, bytes.hasPrefix(at: line.lowerBound, field) else { return nil }
            if nameEnd == line.upperBound { return nameEnd..<nameEnd }
            guard bytes[nameEnd] == UInt8(ascii: ":") else { return nil }
            let start = nameEnd + 1
            return (start < line.upperBound && bytes[start] == UInt8(ascii: " ") ? start + 1 : start)..<line.upperBound
        }
    }
}

/// One event of a stream.
public struct SSEEvent: Sendable, Hashable {
    /// The event's bytes as they came, its blank line included. A comment or a stray blank line is an event too.
    public let raw: ByteBuffer
    /// The `event` field, if there is one.
    public let name: ByteBuffer?
    /// The `data` field, several lines joined by LF; nil when the event has none.
    public let data: ByteBuffer?
}

/// The places of an event's parts, counted from its first byte.
struct SSEBlock: Sendable {
    /// Bytes of the whole event.
    var length = 0
    /// The last `event` field.
    var name: Range<Int>?
    /// The first `data` line.
    private(set) var firstData: Range<Int>?
    /// Further `data` lines: rare, so that an event costs no allocation.
    private(set) var moreData: [Range<Int>] = []

    mutating func add(data line: Range<Int>) {
        if firstData == nil { firstData = line } else { moreData.append(line) }
    }

    /// The data in the event's own bytes: a slice when it is one line, else a copy joined by LF.
    func data(in raw: ByteBuffer) -> ByteBuffer? {
        guard let firstData else { return nil }
        var data = slice(firstData, of: raw)
        for line in moreData {
            data.writeInteger(UInt8(ascii: "\n"))
            data.writeImmutableBuffer(slice(line, of: raw))
        }
        return data
    }

    /// The data lines one by one.
    func lines(in raw: ByteBuffer) -> [ByteBuffer] {
        ((firstData.map { [$0] } ?? []) + moreData).map { slice($0, of: raw) }
    }

    private func slice(_ range: Range<Int>, of raw: ByteBuffer) -> ByteBuffer {
        raw.getSlice(at: raw.readerIndex + range.lowerBound, length: range.count) ?? ByteBuffer()
    }
}
