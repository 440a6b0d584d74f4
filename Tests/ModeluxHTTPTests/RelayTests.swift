import NIOCore
import NIOPosix
import Testing

@testable import ModeluxHTTP

/// Server and upstream client together, as the gateway uses them.
@Suite(.timeLimit(.minutes(5)))
struct RelayTests {
    /// Forwards a request and relays its answer piece by piece; a client that goes cancels the upstream.
    static func relay(to origin: Origin) -> @Sendable (ServerExchange, UpstreamClient) async -> Void {
        { exchange, client in
            let call = client.makeCall(on: exchange.eventLoop)
            exchange.onClientGone { call.cancel() }
            do throws(UpstreamError) {
                let head = try await call.send(
                    UpstreamRequest(origin: origin, method: "POST", target: exchange.head.target), timeouts: Timeouts())
                exchange.startStream(ResponseHead(status: head.status))
                while let piece = try await call.next() {
                    if call.isComplete { return exchange.finishStream(last: piece) }
                    try? await exchange.write(piece)
                }
                exchange.finishStream()
            } catch {
                exchange.hasAnswered ? exchange.abort() : exchange.respond(ResponseHead(status: 502))
            }
        }
    }

    @Test
    func `a stream is relayed piece by piece`() async throws {
        let upstream = try await FakeUpstream.start()
        try await Appliance.run(handler: Self.relay(to: upstream.origin)) { appliance in
            let client = try await appliance.connect()
            try await client.send("POST /x HTTP/1.1\r\nhost: h\r\n\r\n")
            let far = try await upstream.accept()
            _ = await far.receiveMessage()
            try await far.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
            #expect(await client.receive(until: "\r\n\r\n").status == 200)
            for event in ["one", "two", "three"] {
                try await far.send("\(event.count)\r\n\(event)\r\n")
                #expect(await client.receive(until: event + "\r\n") == "\(event.count)\r\n\(event)\r\n")
            }
            // Several chunks that came together leave together, with the end.
            try await far.send("1\r\na\r\n1\r\nb\r\n0\r\n\r\n")
            #expect(await client.receive(until: "0\r\n\r\n") == "2\r\nab\r\n0\r\n\r\n")
            await client.close()
        }
        await upstream.stop()
    }

    @Test
    func `a client that goes ends its upstream call at once`() async throws {
        let upstream = try await FakeUpstream.start()
        try await Appliance.run(handler: Self.relay(to: upstream.origin)) { appliance in
            for phase in ["before the head", "in the stream"] {
                let client = try await appliance.connect()
                try await client.send("POST /x HTTP/1.1\r\nhost: h\r\n\r\n")
                let far = try await upstream.accept()
                _ = await far.receiveMessage()
                if phase == "in the stream" {
                    try await far.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n")
                    _ = await client.receive(until: "a\r\n")
                }
                let start = ContinuousClock.now
                await client.close()
                #expect(await far.receiveAll() == "")
                #expect(start.duration(to: .now) < .milliseconds(250))
                await far.close()
            }
        }
        await upstream.stop()
    }

    @Test
    func `a client that does not read slows the upstream down`() async throws {
        let upstream = try await FakeUpstream.start()
        try await Appliance.run(handler: Self.relay(to: upstream.origin)) { appliance in
            let client = try await appliance.connect()
            try await client.stopReading()
            try await client.send("POST /x HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n")
            let far = try await upstream.accept()
            _ = await far.receiveMessage()
            try await far.send("HTTP/1.1 200 OK\r\ncontent-length: 60000000\r\n\r\n")
            let sender = Task {
                let block = ByteBuffer(repeating: 0x61, count: 60_000)
                for _ in 0..<1_000 { try await far.send(block) }
            }
            #expect(await appliance.stalls(far))
            try await client.startReading()
            var received = 0
            while let piece = await client.receive() { received += piece.readableBytes }
            #expect(received > 60_000_000)
            try await sender.value
            await client.close()
        }
        await upstream.stop()
    }

    @Test
    func `an upstream that breaks off leaves the client's stream visibly cut`() async throws {
        let upstream = try await FakeUpstream.start()
        try await Appliance.run(handler: Self.relay(to: upstream.origin)) { appliance in
            let client = try await appliance.connect()
            try await client.send("POST /x HTTP/1.1\r\nhost: h\r\n\r\n")
            let far = try await upstream.accept()
            _ = await far.receiveMessage()
            try await far.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n")
            _ = await client.receive(until: "a\r\n")
            try await far.reset()
            #expect(await !client.receiveAll().contains("0\r\n\r\n"))
            await client.close()
        }
        await upstream.stop()
    }
}
