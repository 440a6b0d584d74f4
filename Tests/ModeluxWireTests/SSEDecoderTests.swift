import ModeluxCore
import NIOCore
import Testing

@testable import ModeluxWire

struct SSEDecoderTests {
    /// A stream and the data of its events; nil for an event without data.
    private static let streams: [(String, [String?])] = [
        ("", []), ("data: a\n\n", ["a"]), ("data:a\n\ndata: b\n\n", ["a", "b"]), ("data:  a \n\n", [" a "]),
        ("data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]), ("data: a\r\rdata: b\r\r", ["a", "b"]),
        ("data: a\n\r\ndata: b\r\n\n", ["a", "b"]), (": comment\n\ndata: a\n\n", [nil, "a"]),
        (": comment\ndata: a\n\n", ["a"]), ("event: x\nid: 1\nretry: 5\ndata: a\n\n", ["a"]),
        ("data: a\ndata: b\ndata:\ndata\n\n", ["a\nb\n\n"]), ("data: a\n\n\n\ndata: b\n\n", ["a", nil, nil, "b"]),
        ("data: a", ["a"]), ("data: a\n", ["a"]), ("data: a\r", ["a"]), ("event: x\n\n", [nil]),
        ("\u{FEFF}data: a\n\ndata: b\n\n", ["a", "b"]), ("\n\ndata: a\n\n", [nil, nil, "a"]),
        ("database: a\n\ndata : a\n\n data: a\n\n", [nil, nil, nil]), ("data: é€😀\n\n", ["é€😀"]),
        ("data: one line longer than sixteen bytes\n\n", ["one line longer than sixteen bytes"]), ("\r\n", [nil]),
    ]

    @Test(arguments: streams, [1, 2, 3, 7, 1000])
    func `events are the same in pieces of any length`(stream: (String, [String?]), length: Int) throws {
        let events = try decode(ByteBuffer(string: stream.0), length: length)
        #expect(events.map { $0.data.map { String(buffer: $0) } } == stream.1)
        #expect(events.map { String(buffer: $0.raw) }.joined() == stream.0)
    }

    @Test(arguments: [1, 5, 1000])
    func `an event keeps its name and its own bytes`(length: Int) throws {
        let stream = "event: error\ndata: 1\n\nevent:x\n\ndata: 2\n\n"
        let events = try decode(ByteBuffer(string: stream), length: length)
        #expect(events.map { $0.name.map { String(buffer: $0) } } == ["error", "x", nil])
        #expect(events.map { String(buffer: $0.raw) } == ["event: error\ndata: 1\n\n", "event:x\n\n", "data: 2\n\n"])
    }

    @Test(arguments: [1, 7, 4096])
    func `an event past the limit is refused, one at the limit passes`(length: Int) throws {
        let event = ByteBuffer(string: "data: " + String(repeating: "x", count: 92) + "\n\n")
        #expect(try decode(event, length: length, limit: 100).count == 1)
        #expect(throws: Failure.self) { try decode(event, length: length, limit: 99) }
        let endless = ByteBuffer(string: String(repeating: "x", count: 1000))
        #expect(throws: Failure.self) { try decode(endless, length: length, limit: 999) }
    }

    @Test func `an event of a megabyte in small pieces takes linear time`() throws {
        let event = ByteBuffer(string: "data: " + String(repeating: "x", count: 1 << 20) + "\n\n")
        #expect(try decode(event, length: 100).count == 1)
    }

    private func decode(
        _ stream: ByteBuffer, length: Int, limit: Int = SSEDecoder.defaultMaximumEventBytes
    ) throws -> [SSEEvent] {
        var decoder = SSEDecoder(maximumEventBytes: limit)
        var events: [SSEEvent] = []
        var rest = stream
        while let piece = rest.readSlice(length: min(length, rest.readableBytes)), piece.readableBytes > 0 {
            decoder.feed(piece)
            while let event = try decoder.next() { events.append(event) }
        }
        decoder.finish()
        while let event = try decoder.next() { events.append(event) }
        return events
    }
}
