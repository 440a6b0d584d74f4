import NIOCore
import Testing

@testable import ModeluxHTTP

@Suite(.timeLimit(.minutes(5)))
struct ServerAnswerTests {
    @Test(arguments: [
        (
            "GET /s HTTP/1.1\r\nhost: h\r\n\r\n",
            "HTTP/1.1 200 OK\r\nx-a: 1\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"
        ),
        (
            "GET /l HTTP/1.1\r\nhost: h\r\n\r\n",
            "HTTP/1.1 200 OK\r\nx-a: 1\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n4\r\nlast\r\n0\r\n\r\n"
        ),
        (
            "GET /s HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n",
            "HTTP/1.1 200 OK\r\nx-a: 1\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"
        ),
        ("GET /l HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK\r\nx-a: 1\r\nconnection: close\r\n\r\nonelast"),
        (
            "GET /l HTTP/1.0\r\nconnection: keep-alive\r\n\r\n",
            "HTTP/1.1 200 OK\r\nx-a: 1\r\nconnection: close\r\n\r\nonelast"
        ),
        ("HEAD /s HTTP/1.1\r\nhost: h\r\n\r\n", "HTTP/1.1 200 OK\r\nx-a: 1\r\ntransfer-encoding: chunked\r\n\r\n"),
        ("HEAD /r HTTP/1.1\r\nhost: h\r\n\r\n", "HTTP/1.1 200 OK\r\nx-a: 1\r\ncontent-length: 4\r\n\r\n"),
        ("GET /204 HTTP/1.1\r\nhost: h\r\n\r\n", "HTTP/1.1 204 No Content\r\nx-a: 1\r\n\r\n"),
        (
            "GET /r HTTP/1.0\r\nconnection: keep-alive\r\n\r\n",
            "HTTP/1.1 200 OK\r\nx-a: 1\r\ncontent-length: 4\r\nconnection: keep-alive\r\n\r\nbody"
        ),
        ("GET /r HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK\r\nx-a: 1\r\ncontent-length: 4\r\nconnection: close\r\n\r\nbody"),
        ("GET /none HTTP/1.1\r\nhost: h\r\n\r\n", "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n"),
    ])
    func `an answer is framed as the request allows`(request: String, answer: String) async throws {
        try await Appliance.run(handler: { exchange, _ in
            var head = ResponseHead(status: exchange.head.path == "/204" ? 204 : 200)
            head.headers.add("x-a", "1")
            // What the codec owns is skipped, so a copied upstream head cannot contradict the framing.
            head.headers.add("Content-Length", "999")
            head.headers.add("Connection", "close")
            switch exchange.head.path {
            case "/none":
                return
            case "/r", "/204":
                exchange.respond(head, body: ByteBuffer(string: "body"))
            default:
                exchange.startStream(head)
                try? await exchange.write(ByteBuffer(string: "one"))
                try? await exchange.write(ByteBuffer())
                if exchange.head.path == "/l" {
                    exchange.finishStream(last: ByteBuffer(string: "last"))
                } else {
                    try? await exchange.write(ByteBuffer(string: "two"))
                    exchange.finishStream()
                }
            }
        }) { appliance in
            let peer = try await appliance.connect()
            try await peer.send(request)
            var received = ""
            while received.utf8.count < answer.utf8.count, let piece = await peer.receive() {
                received += String(buffer: piece)
            }
            #expect(received == answer)
            if answer.contains("connection: close") {
                #expect(await peer.receiveAll() == "")
            }
            await peer.close()
        }
    }

    @Test(arguments: ["1.1", "1.0"])
    func `a stream that is not finished is seen to be cut`(version: String) async throws {
        try await Appliance.run(handler: { exchange, _ in
            exchange.startStream(ResponseHead(status: 200))
            try? await exchange.write(ByteBuffer(string: "part"))
            if exchange.head.path == "/abort" { exchange.abort() }
        }) { appliance in
            for path in ["/abort", "/left"] {
                let peer = try await appliance.connect()
                try await peer.send("GET \(path) HTTP/\(version)\r\nhost: h\r\n\r\n")
                let answer = await peer.receiveAll()
                #expect(!answer.contains("0\r\n\r\n"))
                await peer.close()
            }
        }
    }

    @Test
    func `large answers and pieces arrive unchanged`() async throws {
        let text = String(repeating: "0123456789abcdef", count: 200_000)
        try await Appliance.run(handler: { exchange, _ in
            if exchange.head.path == "/whole" { return exchange.respond(text: text) }
            exchange.startStream(ResponseHead(status: 200))
            for piece in text.pieces(of: 100_000) { try? await exchange.write(ByteBuffer(string: piece)) }
            exchange.finishStream()
        }) { appliance in
            let peer = try await appliance.connect()
            try await peer.send("GET /whole HTTP/1.1\r\nhost: h\r\n\r\n")
            #expect(await peer.receiveMessage().messageBody == text)
            try await peer.send("GET /stream HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n")
            let outcome = Outcome.response(await peer.receiveAll())
            #expect(outcome.messages.first?.isComplete == true)
            #expect(outcome.messages.first?.body == ByteBuffer(string: text))
        }
    }

    @Test
    func `a client that does not read stops the writer, and is cut after its time`() async throws {
        let ended = Signal()
        let seen = Seen()
        var settings = HTTPServerSettings()
        settings.writeIdle = .milliseconds(300)
        try await Appliance.run(
            settings,
            handler: { exchange, _ in
                exchange.startStream(ResponseHead(status: 200))
                let piece = ByteBuffer(repeating: 0x61, count: 10_000)
                var written = 0
                do throws(ExchangeError) {
                    while written < 1_000_000_000 {
                        try await exchange.write(piece)
                        written += piece.readableBytes
                    }
                } catch {
                    seen.add("\(error)")
                }
                seen.add(written < 50_000_000 ? "bounded" : "unbounded: \(written)")
                ended.fire()
            }
        ) { appliance in
            let peer = try await appliance.connect()
            try await peer.stopReading()
            try await peer.send("GET / HTTP/1.1\r\nhost: h\r\n\r\n")
            await ended.wait()
            #expect(seen.paths == ["clientGone", "bounded"])
            await peer.close()
        }
    }

    @Test
    func `a slow client that goes on reading gets everything`() async throws {
        let size = 20_000_000
        try await Appliance.run(handler: { exchange, _ in
            exchange.startStream(ResponseHead(status: 200))
            let piece = ByteBuffer(repeating: 0x61, count: 10_000)
            for _ in 0..<size / 10_000 { try? await exchange.write(piece) }
            exchange.finishStream()
        }) { appliance in
            let peer = try await appliance.connect()
            try await peer.stopReading()
            try await peer.send("GET / HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n")
            try await peer.startReading()
            var received = 0
            while let piece = await peer.receive() { received += piece.readableBytes }
            #expect(received > size)
        }
    }

    @Test(arguments: ["fin", "reset"])
    func `the handler learns at once that the client has gone`(how: String) async throws {
        let started = Signal()
        let gone = Signal()
        let after = Signal()
        let seen = Seen()
        try await Appliance.run(handler: { exchange, _ in
            exchange.onClientGone {
                seen.add("action")
                gone.fire()
            }
            started.fire()
            await gone.wait()
            exchange.onClientGone { seen.add("late action") }
            seen.add("\(exchange.isClientGone)")
            // Answers to nobody do no harm.
            exchange.startStream(ResponseHead(status: 200))
            do throws(ExchangeError) {
                try await exchange.write(ByteBuffer(string: "x"))
            } catch {
                seen.add("\(error)")
            }
            after.fire()
        }) { appliance in
            let peer = try await appliance.connect()
            try await peer.send("POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 2\r\n\r\nab")
            await started.wait()
            let start = ContinuousClock.now
            if how == "fin" { try await peer.finishSending() } else { try await peer.reset() }
            await after.wait()
            #expect(start.duration(to: .now) < .milliseconds(250))
            #expect(seen.paths == ["action", "late action", "true", "clientGone"])
            await peer.close()
        }
    }

    @Test
    func `shutting down closes idle connections, lets streams end, and cuts what takes too long`() async throws {
        let started = Signal()
        let release = Signal()
        var settings = HTTPServerSettings()
        settings.drainLimit = .milliseconds(500)
        try await Appliance.run(
            settings,
            handler: { exchange, _ in
                exchange.startStream(ResponseHead(status: 200))
                try? await exchange.write(ByteBuffer(string: "a"))
                if exchange.head.path == "/endless" {
                    started.fire()
                    let gone = Signal()
                    exchange.onClientGone { gone.fire() }
                    return await gone.wait()
                }
                await release.wait()
                exchange.finishStream()
            }
        ) { appliance in
            let idle = try await appliance.connect()
            let stream = try await appliance.connect()
            let endless = try await appliance.connect()
            try await stream.send("GET /stream HTTP/1.1\r\nhost: h\r\n\r\n")
            _ = await stream.receive(until: "a\r\n")
            try await endless.send("GET /endless HTTP/1.1\r\nhost: h\r\n\r\n")
            await started.wait()
            async let stopped: Void = appliance.server.shutdownGracefully()
            #expect(await idle.receiveAll() == "")
            release.fire()
            #expect(await stream.receiveAll().hasSuffix("0\r\n\r\n"))
            #expect(await !endless.receiveAll().hasSuffix("0\r\n\r\n"))
            await stopped
            #expect(appliance.server.openConnections == 0)
            await #expect(throws: (any Error).self) { try await appliance.connect() }
            for peer in [idle, stream, endless] { await peer.close() }
        }
    }

    @Test
    func `an answer given while shutting down says that the connection closes`() async throws {
        let started = Signal()
        let release = Signal()
        try await Appliance.run(handler: { exchange, _ in
            started.fire()
            await release.wait()
            exchange.respond(text: "late")
        }) { appliance in
            let idle = try await appliance.connect()
            let peer = try await appliance.connect()
            try await peer.send("GET / HTTP/1.1\r\nhost: h\r\n\r\n")
            await started.wait()
            async let stopped: Void = appliance.server.shutdownGracefully()
            // Once the idle connection is closed the server is draining.
            #expect(await idle.receiveAll() == "")
            release.fire()
            #expect(await peer.receiveAll() == "HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\nlate")
            await stopped
            await idle.close()
        }
    }
}
