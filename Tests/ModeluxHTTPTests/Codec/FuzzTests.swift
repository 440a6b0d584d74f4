import NIOCore
import Testing

@testable import ModeluxHTTP

extension GeneratedInputTests {
    /// Bytes without mercy: nothing may trap, hang, or depend on how the bytes were cut.
    @Suite
    struct FuzzTests {
        @Test(arguments: [UInt64](1_000..<1_004))
        func `no bytes trap a reader, and how they are cut changes nothing`(seed: UInt64) async {
            var generator = MessageGenerator(seed: seed)
            for index in 0..<5_000 {
                if index % 8 == 0 { await Task.yield() }
                var bytes = index % 2 == 0 ? generator.requests() : generator.response()
                generator.mangle(&bytes)
                let pieces = generator.split(bytes)
                let whole = [ByteBuffer(bytes: bytes)]
                let isSame = Outcome.requests(pieces) == Outcome.requests(whole)
                guard isSame, Outcome.response(pieces) == Outcome.response(whole) else {
                    Issue.record("input \(index) of seed \(seed) depends on how it is cut")
                    continue
                }
            }
        }

        @Test(arguments: [UInt64](2_000..<2_003))
        func `no chunks trap the chunk reader, and it never gives more than it got`(seed: UInt64) async {
            var generator = MessageGenerator(seed: seed)
            for index in 0..<4_000 {
                if index % 8 == 0 { await Task.yield() }
                let bytes = generator.chunkBytes()
                var reader = ChunkReader()
                var inbound = ReceivedBytes()
                var given = 0
                for piece in generator.split(bytes) {
                    inbound.append(piece)
                    while case .data(let data) = try? reader.next(from: &inbound.buffer) { given += data.readableBytes }
                }
                if given > bytes.count { Issue.record("input \(index) of seed \(seed) grew") }
            }
        }

        @Test
        func `no text traps the readers of URLs and fields`() async {
            var generator = MessageGenerator(seed: 3_000)
            for index in 0..<2_000 {
                if index % 8 == 0 { await Task.yield() }
                let text = String(decoding: generator.requests(), as: UTF8.self)
                _ = Origin.parse(text)
                _ = Origin.parse("http://" + text)
                let (name, value) = (String(text.prefix(8)), String(text.suffix(20)))
                var block = HeaderBlock()
                let wasTaken = block.add(name, value)
                let bytes = Array((name + value).utf8)
                let isHarmless = !bytes.contains { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }
                #expect(!wasTaken || isHarmless)
                let origin = Origin(isSecure: false, host: "h", port: 1)
                let request = UpstreamRequest(origin: origin, method: name, target: value)
                #expect(!request.isSendable || bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F })
            }
        }

        @Test
        func `a server that got garbage on many connections answers the next request`() async throws {
            try await Appliance.run(handler: { exchange, _ in
                let body = try? await exchange.body(limit: 10_000)
                exchange.respond(ResponseHead(status: 200), body: body ?? ByteBuffer())
            }) { appliance in
                var generator = MessageGenerator(seed: 4_000)
                for _ in 0..<300 {
                    var bytes = generator.requests()
                    generator.mangle(&bytes)
                    let peer = try await appliance.connect()
                    for piece in generator.split(bytes).prefix(10) { try? await peer.send(piece) }
                    await peer.close()
                }
                let peer = try await appliance.connect()
                try await peer.send("GET / HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n")
                #expect(await peer.receiveAll().status == 200)
                await peer.close()
            }
        }
    }
}

extension MessageGenerator {
    /// Puts bytes of any value anywhere, repeats parts, and sometimes replaces everything.
    mutating func mangle(_ bytes: inout [UInt8]) {
        if random.isOne(in: 10) { bytes = (0..<random.below(300)).map { _ in UInt8(random.below(256)) } }
        for _ in 0..<random.below(12) where !bytes.isEmpty {
            let at = random.below(bytes.count)
            switch random.below(4) {
            case 0: bytes[at] = UInt8(random.below(256))
            case 1: bytes.insert(UInt8(random.below(256)), at: at)
            case 2: bytes.removeSubrange(at..<min(bytes.count, at + 1 + random.below(6)))
            default: bytes.insert(contentsOf: Array(bytes[at..<min(bytes.count, at + random.below(40))]), at: at)
            }
        }
    }

    /// A body in chunks, or what pretends to be one.
    mutating func chunkBytes() -> [UInt8] {
        let parts = [
            "0", "1", "a", "F", "5", "\r\n", "\r", "\n", ";", "=", "\"", "\\", "x", "0\r\n\r\n", "3\r\nabc\r\n", " ",
            ":", "ffff",
        ]
        var bytes = (0..<random.below(30)).flatMap { _ in Array(random.pick(parts).utf8) }
        if random.isOne(in: 2) { mangle(&bytes) }
        return bytes
    }
}
