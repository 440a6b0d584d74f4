import ModeluxCore
import NIOCore
import Testing

@testable import ModeluxWire

/// Recordings with a few bytes changed: whatever comes, a decoder neither traps nor hangs nor gives two answers, and
/// says the same in any pieces.
enum MutatedRecordings {
    /// Bytes worth putting in: structure, escapes, line ends, and the edges of UTF-8.
    private static let interesting =
        Array("{}[]\",:\\u0d8ntrue null-1.5e9 \n\rdata: event:[DONE]".utf8) + [
            0, 0x7F, 0x80, 0xC2, 0xE2, 0xED, 0xF4, 0xFF,
        ]

    /// The bytes with a few changes.
    static func mutated(_ body: ByteBuffer, _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = Array(body.readableBytesView)
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let place = Int.random(in: 0...bytes.count, using: &generator)
            let byte = interesting.randomElement(using: &generator) ?? 0
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: bytes.insert(byte, at: place)
            case 1: if place < bytes.count { bytes[place] = byte }
            case 2: if place < bytes.count { bytes.remove(at: place) }
            case 3: bytes.removeLast(min(bytes.count, Int.random(in: 0..<80, using: &generator)))
            default:
                let end = min(bytes.count, place + Int.random(in: 0..<200, using: &generator))
                bytes.insert(contentsOf: bytes[place..<end], at: place)
            }
        }
        return bytes
    }

    /// Feeds a decoder with broken recordings of at most 6,000 bytes, whole and in pieces.
    static func check(
        _ exchanges: [RecordedTraffic.Exchange], seed: UInt64, rounds: Int, completes: Bool = true,
        decoder: () -> some ChatStreamDecoder
    ) throws {
        var generator = SeededGenerator(seed: seed)
        let bodies = exchanges.map(\.body).filter { $0.readableBytes < 6000 }
        guard !bodies.isEmpty else { return }
        var completed = 0
        for round in 0..<rounds {
            let body = ByteBuffer(bytes: mutated(bodies[round % bodies.count], &generator))
            let length = Int.random(in: 1...300, using: &generator)
            let whole = ChatEvents.orFailure(body, by: decoder())
            let pieces = ChatEvents.orFailure(body, by: decoder()) { length }
            let isSame =
                whole.failure == nil
                ? whole.events == pieces.events && pieces.failure == nil
                : pieces.failure?.kind == whole.failure?.kind && pieces.events.starts(with: whole.events)
            if whole.events.last == .end { completed += 1 }
            if !isSame || ChatEvents.disorder(pieces.events) != nil {
                Issue.record(
                    """
                    round \(round) of seed \(seed): \(ChatEvents.disorder(pieces.events) ?? "differs in pieces of \(length)")
                    \(String(buffer: body).debugDescription)
                    """)
                return
            }
        }
        if completes { #expect(completed > rounds / 100) }
    }

    /// An event stream's frames: their types, their payloads and themselves.
    static func frames(of body: ByteBuffer) throws -> [(type: String, payload: ByteBuffer, bytes: ByteBuffer)] {
        var stream = AWSEventStream()
        stream.feed(body)
        var frames: [(String, ByteBuffer, ByteBuffer)] = []
        while let frame = try stream.next() {
            let bytes = EventStreamFixture.event(frame.type, String(buffer: frame.payload))
            frames.append((frame.type, frame.payload, bytes))
        }
        return frames
    }

    /// Frames with a few changes in the payload of one, or with one left out, doubled or replaced, and right checksums.
    static func mutated(
        _ frames: [(type: String, payload: ByteBuffer, bytes: ByteBuffer)], _ generator: inout SeededGenerator
    ) -> ByteBuffer {
        let place = Int.random(in: 0..<frames.count, using: &generator)
        var result = frames.map(\.bytes)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: result.remove(at: place)
        case 1: result.insert(result[place], at: place)
        case 2: result[place] = result[Int.random(in: 0..<frames.count, using: &generator)]
        default:
            let payload = String(decoding: mutated(frames[place].payload, &generator), as: UTF8.self)
            result[place] = EventStreamFixture.event(frames[place].type, payload)
        }
        return EventStreamFixture.stream(result)
    }
}
