import NIOCore
import Testing

@testable import ModeluxHTTP

@Suite(.timeLimit(.minutes(5)))
struct ServerTests {
    @Test
    func `requests on one connection are answered in order and keep it open`() async throws {
        try await Appliance.run(handler: { exchange, _ in exchange.respond(text: exchange.head.path) }) { appliance in
            let peer = try await appliance.connect()
            for path in ["/a", "/b"] {
                try await peer.send("GET \(path)?x=1 HTTP/1.1\r\nhost: h\r\n\r\n")
                let answer = await peer.receiveMessage()
                #expect(answer == "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n\(path)")
            }
            await peer.close()
        }
    }

    @Test
    func `pipelined requests are answered in order`() async throws {
        try await Appliance.run(handler: { exchange, _ in exchange.respond(text: exchange.head.path) }) { appliance in
            let peer = try await appliance.connect()
            let requests = (0..<50).map { "GET /\($0 + 100) HTTP/1.1\r\nhost: h\r\n\r\n" }.joined()
            try await peer.send(requests + "GET /end HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n")
            let answers = await peer.receiveAll()
            let expected = (0..<50).map { "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n/\($0 + 100)" }.joined()
            #expect(answers == expected + "HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\n/end")
        }
    }

    @Test
    func `a relayed request reaches the upstream and its answer the client`() async throws {
        let upstream = try await FakeUpstream.start()
        let origin = upstream.origin
        try await Appliance.run(handler: { exchange, client in
            do {
                let body = try await exchange.body(limit: 1_000)
                let call = client.makeCall(on: exchange.eventLoop)
                var request = UpstreamRequest(origin: origin, method: "POST", target: "/up", body: body)
                request.headers.add("x-a", "b")
                let head = try await call.send(request, timeouts: Timeouts())
                let answer = try await call.collect(limit: 1_000)
                exchange.respond(ResponseHead(status: head.status), body: answer)
            } catch {
                exchange.respond(ResponseHead(status: 502), body: ByteBuffer(string: "\(error)"))
            }
        }) { appliance in
            let peer = try await appliance.connect()
            try await peer.send("POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 5\r\n\r\nhello")
            let far = try await upstream.accept()
            let seen = await far.receiveMessage()
            #expect(
                seen
                    == "POST /up HTTP/1.1\r\nhost: 127.0.0.1:\(upstream.port)\r\nx-a: b\r\ncontent-length: 5\r\n\r\nhello"
            )
            try await far.send("HTTP/1.1 201 Created\r\ncontent-length: 3\r\n\r\nyes")
            let answer = await peer.receiveMessage()
            #expect(answer.status == 201)
            #expect(answer.messageBody == "yes")
        }
        await upstream.stop()
    }
}
