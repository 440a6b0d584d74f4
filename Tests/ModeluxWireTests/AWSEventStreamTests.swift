import ModeluxCore
import NIOCore
import Testing

@testable import ModeluxWire

struct AWSEventStreamTests {
    private func frames(_ bytes: ByteBuffer, length: Int = .max) throws -> [AWSEventStream.Frame] {
        var stream = AWSEventStream(maximumFrameBytes: 4096)
        var frames: [AWSEventStream.Frame] = []
        var rest = bytes
        while rest.readableBytes > 0, let piece = rest.readSlice(length: min(length, rest.readableBytes)) {
            stream.feed(piece)
            while let frame = try stream.next() { frames.append(frame) }
        }
        #expect(!stream.hasRest)
        return frames
    }

    @Test func `the checksum is that of zlib`() {
        let check = ByteBuffer(string: "123456789")
        #expect(check.withView { CRC32.of($0, 0..<9) } == 0xCBF4_3926)
        let long = ByteBuffer(string: String(repeating: "The quick brown fox. ", count: 50))
        for length in [0, 1, 7, 8, 9, 64, 1000] {
            let part = long.getSlice(at: 0, length: length) ?? ByteBuffer()
            #expect(part.withView { CRC32.of($0, 0..<length) } == EventStreamFixture.checksum(part))
        }
    }

    @Test(arguments: [1, 3, 7, 16, 100, 100_000])
    func `frames come out whole in any pieces`(length: Int) throws {
        var mixed = ByteBuffer()
        // One header of each type: true, byte, short, integer, long, bytes, time, UUID; then a string.
        let values: [(UInt8, Int)] = [(0, 0), (1, 0), (2, 1), (3, 2), (4, 4), (5, 8), (8, 8), (9, 16)]
        for (type, width) in values {
            mixed.writeBytes([1, UInt8(ascii: "h"), type] + [UInt8](repeating: 7, count: width))
        }
        mixed.writeBytes([1, UInt8(ascii: "b"), 6, 0, 2, 1, 2])
        mixed.writeBytes([13] + Array(":message-type".utf8) + [7, 0, 5] + Array("event".utf8))
        let stream = EventStreamFixture.stream([
            EventStreamFixture.event("contentBlockDelta", #"{"p":"abc"}"#),
            EventStreamFixture.frame([(":message-type", "error"), (":error-code", "c"), (":error-message", "m")], ""),
            EventStreamFixture.frame(headers: mixed, String(repeating: "x", count: 2000)),
        ])
        let found = try frames(stream, length: length)
        #expect(found.map(\.messageType) == ["event", "error", "event"])
        #expect(found.map(\.type) == ["contentBlockDelta", "c", ""])
        #expect(found.map { $0.payload.readableBytes } == [11, 0, 2000])
        #expect(found[1].errorMessage == "m")
    }

    @Test func `a changed byte is refused wherever it is`() {
        let frame = EventStreamFixture.event("messageStop", #"{"stopReason":"end_turn"}"#)
        for index in 0..<frame.readableBytes {
            for bit in [UInt8(1), 0x80] {
                var bytes = Array(frame.readableBytesView)
                bytes[index] ^= bit
                let failure = #expect(throws: Failure.self) { try frames(ByteBuffer(bytes: bytes)) }
                #expect(failure?.kind == .providerError)
            }
        }
    }

    @Test func `impossible lengths are refused as soon as they are said`() {
        func prelude(_ total: UInt32, _ headers: UInt32) -> ByteBuffer {
            var bytes = ByteBuffer()
            bytes.writeInteger(total)
            bytes.writeInteger(headers)
            bytes.writeInteger(EventStreamFixture.checksum(bytes))
            return bytes
        }
        for (total, headers) in [(15, 0), (0, 0), (16, 1), (4097, 0), (.max, 0), (100, .max)] as [(UInt32, UInt32)] {
            var stream = AWSEventStream(maximumFrameBytes: 4096)
            stream.feed(prelude(total, headers))
            let failure = #expect(throws: Failure.self) { _ = try stream.next() }
            #expect(failure?.kind == .providerError)
        }
        var stream = AWSEventStream()
        stream.feed(prelude(1 << 20, 0))
        #expect((try? stream.next()) == .some(nil))
    }

    @Test(
        arguments: [
            [200, 65], [1, 65, 10], [1, 65, 7, 0, 9, 1], [1, 65, 5, 1], [1], [1, 65], [1, 65, 7, 0],
        ] as [[UInt8]])
    func `a broken header is refused`(bytes: [UInt8]) {
        let frame = EventStreamFixture.frame(headers: ByteBuffer(bytes: bytes), "{}")
        let failure = #expect(throws: Failure.self) { try frames(frame) }
        #expect(failure?.kind == .providerError)
    }
}
