import NIOCore
import Testing

@testable import ModeluxHTTP

@Suite(.timeLimit(.minutes(5)))
struct ServerBodyTests {
    /// Answers with the body, or with the status that its failure asks for.
    private static func echo(_ exchange: ServerExchange, _: UpstreamClient) async {
        do throws(ExchangeError) {
            let body = try await exchange.body(limit: 1_000_000)
            exchange.respond(ResponseHead(status: 200), body: body)
        } catch {
            let status =
                switch error {
                case .tooLarge: 413
                case .malformed: 400
                case .timeout: 408
                case .overloaded: 503
                case .clientGone: 500
                }
            exchange.respond(ResponseHead(status: status))
        }
    }

    @Test(arguments: [1, 7, 1_000, 100_000])
    func `a body comes whole however it was cut and framed`(pieceSize: Int) async throws {
        let text = String(repeating: "0123456789", count: pieceSize < 10 ? 30 : 50_000)
        let chunks = text.pieces(of: 999).map { "\(String($0.utf8.count, radix: 16))\r\n\($0)\r\n" }.joined()
        let requests = [
            "POST / HTTP/1.1\r\nhost: h\r\ncontent-length: \(text.utf8.count)\r\n\r\n\(text)",
            "POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n\(chunks)0\r\nx: y\r\n\r\n",
        ]
        try await Appliance.run(handler: Self.echo) { appliance in
            let peer = try await appliance.connect()
            for request in requests {
                for piece in request.pieces(of: pieceSize) { try await peer.send(piece) }
                let answer = await peer.receiveMessage()
                #expect(answer.status == 200)
                #expect(answer.messageBody == text)
            }
            await peer.close()
        }
    }

    @Test
    func `a client that expects it is told to go on, once and only when the body is wanted`() async throws {
        try await Appliance.run(handler: Self.echo) { appliance in
            let peer = try await appliance.connect()
            for _ in 0..<2 {
                try await peer.send("POST / HTTP/1.1\r\nhost: h\r\nexpect: 100-continue\r\ncontent-length: 4\r\n\r\n")
                #expect(await peer.receive(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
                try await peer.send("bo")
                try await peer.send("dy")
                #expect(await peer.receiveMessage().messageBody == "body")
            }
            try await peer.send("POST / HTTP/1.1\r\nhost: h\r\nexpect: 100-continue\r\ncontent-length: 1000001\r\n\r\n")
            let answer = await peer.receiveAll()
            #expect(answer.status == 413)
            #expect(answer.contains("connection: close"))
        }
    }

    @Test(arguments: [true, false])
    func `a body past the limit is refused, the client can read why, and little more is read`(isChunked: Bool)
        async throws
    {
        try await Appliance.run(handler: Self.echo) { appliance in
            let peer = try await appliance.connect()
            let framing = isChunked ? "transfer-encoding: chunked" : "content-length: 100000000"
            try await peer.send("POST / HTTP/1.1\r\nhost: h\r\n\(framing)\r\n\r\n")
            let block = ByteBuffer(
                string: (isChunked ? "10000\r\n" : "") + String(repeating: "x", count: 65_536)
                    + (isChunked ? "\r\n" : ""))
            let sender = Task {
                var sent = 0
                // The connection breaks under the sender once the server has read enough.
                while sent < 1_500, (try? await peer.send(block)) != nil { sent += 1 }
                return sent * 65_536
            }
            let answer = await peer.receiveMessage()
            #expect(answer.status == 413)
            #expect(answer.contains("connection: close"))
            let sent = await sender.value
            #expect(sent < 60_000_000)
        }
    }

    @Test
    func `a body that trickles is given up`() async throws {
        var settings = HTTPServerSettings()
        settings.bodyWindow = .milliseconds(300)
        settings.bodyMinimumBytesPerSecond = 100
        try await Appliance.run(settings, handler: Self.echo) { appliance in
            let slow = try await appliance.connect()
            try await slow.send("POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 1000\r\n\r\nabc")
            let answer = await slow.receiveAll()
            #expect(answer.status == 408)
            #expect(answer.contains("connection: close"))
        }
    }

    @Test
    func `a body that comes fast enough may take longer than a window`() async throws {
        var settings = HTTPServerSettings()
        settings.bodyWindow = .milliseconds(100)
        settings.bodyMinimumBytesPerSecond = 1
        try await Appliance.run(settings, handler: Self.echo) { appliance in
            let peer = try await appliance.connect()
            let start = ContinuousClock.now
            let text = String(repeating: "x", count: 100_000)
            try await peer.send("POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 100000\r\n\r\n")
            var sent = 0
            while start.duration(to: .now) < .milliseconds(350), sent < 99_000 {
                try await peer.send("xx")
                sent += 2
                await Task.yield()
            }
            try await peer.send(String(text.utf8.dropFirst(sent)) ?? "")
            #expect(await peer.receiveMessage().messageBody == text)
            await peer.close()
        }
    }

    @Test
    func `the bodies of all clients together are bounded`() async throws {
        var settings = HTTPServerSettings()
        settings.maximumBufferedBodyBytes = 300_000
        try await Appliance.run(settings, handler: Self.echo) { appliance in
            let first = try await appliance.connect()
            let part = String(repeating: "x", count: 200_000)
            let head = "POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 400000\r\n\r\n"
            try await first.send(head + part)
            let second = try await appliance.connect()
            try await second.send(head + part)
            // One of them is refused while the other waits for the rest.
            let refused = await withTaskGroup(of: (Int, String).self) { tasks in
                tasks.addTask { (1, await first.receiveMessage()) }
                tasks.addTask { (2, await second.receiveMessage()) }
                let result = await tasks.next()
                await (result?.0 == 1 ? second : first).close()
                return result?.1 ?? ""
            }
            #expect(refused.status == 503)
            // What they held is given back.
            let third = try await appliance.connect()
            try await third.send("POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 200000\r\n\r\n" + part)
            #expect(await third.receiveMessage().status == 200)
        }
    }

    @Test
    func `an answer before the body was read closes the connection unless the body is there`() async throws {
        try await Appliance.run(handler: { exchange, _ in exchange.respond(ResponseHead(status: 401)) }) { appliance in
            let peer = try await appliance.connect()
            try await peer.send("POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 5\r\n\r\nhello")
            #expect(await peer.receiveMessage() == "HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n")
            try await peer.send("POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 500\r\n\r\nhello")
            #expect(
                await peer.receiveAll() == "HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            )
        }
    }
}
