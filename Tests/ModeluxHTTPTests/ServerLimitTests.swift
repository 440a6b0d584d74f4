import NIOCore
import NIOPosix
import Testing

@testable import ModeluxHTTP

@Suite(.timeLimit(.minutes(5)))
struct ServerLimitTests {
    @Test
    func `a head that does not come in time is refused`() async throws {
        var settings = HTTPServerSettings()
        settings.headTimeout = .milliseconds(200)
        try await Appliance.run(settings, handler: { exchange, _ in exchange.respond(text: "ok") }) { appliance in
            let start = ContinuousClock.now
            let peer = try await appliance.connect()
            try await peer.send("GET / HT")
            let answer = await peer.receiveAll()
            #expect(answer.status == 408)
            #expect(start.duration(to: .now) >= .milliseconds(200))
            #expect(start.duration(to: .now) < .seconds(5))
        }
    }

    @Test
    func `an idle connection is closed after its time, before and after a request`() async throws {
        var settings = HTTPServerSettings()
        settings.keepAliveIdle = .milliseconds(150)
        try await Appliance.run(settings, handler: { exchange, _ in exchange.respond(text: "ok") }) { appliance in
            let fresh = try await appliance.connect()
            let used = try await appliance.connect()
            try await used.send("GET / HTTP/1.1\r\nhost: h\r\n\r\n")
            #expect(await used.receiveAll().messageBody == "ok")
            #expect(await fresh.receiveAll() == "")
            await used.close()
            await fresh.close()
        }
    }

    @Test(arguments: [
        ("garbage \u{1}\u{2}\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nhost: h\r\nx: " + String(repeating: "a", count: 80_000), 431),
        ("GET / HTTP/1.1\r\nhost: h\r\n" + String(repeating: "a: b\r\n", count: 10_000) + "\r\n", 431),
        (
            "GET / HTTP/1.1\r\nhost: h\r\n"
                + String(repeating: "a: " + String(repeating: "b", count: 1_000) + "\r\n", count: 2_000), 431
        ),
    ])
    func `a refusal is an answer that an SDK can read`(bytes: String, status: Int) async throws {
        try await Appliance.run(handler: { exchange, _ in exchange.respond(text: "ok") }) { appliance in
            let peer = try await appliance.connect()
            async let sent: Void? = try? peer.send(bytes)
            let answer = await peer.receiveAll()
            _ = await sent
            #expect(answer.status == status)
            #expect(answer.contains("content-type: application/json\r\n"))
            #expect(answer.contains("connection: close\r\n"))
            #expect(answer.messageBody.hasPrefix("{\"error\":{\"message\":\""))
            #expect(
                answer.messageBody.hasSuffix(
                    "\"type\":\"invalid_request_error\",\"param\":null,\"code\":\"malformed_request\"}}"))
            await peer.close()
        }
    }

    @Test
    func `connections past the limit wait until one closes`() async throws {
        var settings = HTTPServerSettings()
        settings.maximumConnections = 2
        try await Appliance.run(settings, handler: { exchange, _ in exchange.respond(text: "ok") }) { appliance in
            var peers: [RawPeer] = []
            for _ in 0..<2 {
                let peer = try await appliance.connect()
                try await peer.send("GET / HTTP/1.1\r\nhost: h\r\n\r\n")
                #expect(await peer.receiveMessage().status == 200)
                peers.append(peer)
            }
            // The kernel takes it; the server does not, or not to answer before another has gone.
            let third = try await appliance.connect()
            try await third.send("GET / HTTP/1.1\r\nhost: h\r\n\r\n")
            await peers[0].close()
            #expect(await third.receiveMessage().status == 200)
            for _ in 0..<20 {
                let peer = try await appliance.connect()
                try await peer.send("GET / HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n")
                await peers[1].close()
                await third.close()
                #expect(await peer.receiveAll().status == 200)
                await peer.close()
            }
        }
    }

    @Test
    func `a flood of pipelined requests waits in the kernel while the first is answered`() async throws {
        let release = Signal()
        try await Appliance.run(handler: { exchange, _ in
            if exchange.head.path == "/first" { await release.wait() }
            exchange.respond(text: "ok")
        }) { appliance in
            let peer = try await appliance.connect()
            try await peer.send("GET /first HTTP/1.1\r\nhost: h\r\n\r\n")
            let request = "GET /x HTTP/1.1\r\nhost: h\r\nx: \(String(repeating: "a", count: 900))\r\n\r\n"
            let block = ByteBuffer(string: String(repeating: request, count: 100))
            let blocks = 300
            let sender = Task { for _ in 0..<blocks { try await peer.send(block) } }
            // The sender comes to a stop: far less than its 28 MB fits between the two.
            let stalled = await appliance.stalls(peer)
            #expect(stalled)
            release.fire()
            let expected = (blocks * 100 + 1) * "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".utf8.count
            var received = 0
            while received < expected, let piece = await peer.receive() { received += piece.readableBytes }
            #expect(received == expected)
            try await sender.value
            await peer.close()
        }
    }
}

extension Appliance {
    /// True once what a peer has written stays unsent in its own buffer over many looks.
    func stalls(_ peer: RawPeer) async -> Bool {
        var unchanged = 0
        var last = -1
        while unchanged < 300 {
            guard let pending = try? await peer.channel.getOption(.bufferedWritableBytes).get() else { return false }
            unchanged = pending == last && pending > 0 ? unchanged + 1 : 0
            last = pending
            // A turn through the server's loop: what it can read it has read.
            try? await group.next().scheduleTask(in: .milliseconds(1)) {}.futureResult.get()
        }
        return true
    }
}
