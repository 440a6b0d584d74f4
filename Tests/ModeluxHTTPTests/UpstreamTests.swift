import NIOCore
import NIOPosix
import Testing

@testable import ModeluxHTTP

@Suite(.timeLimit(.minutes(5)))
struct UpstreamTests {
    /// What became of one call.
    struct Result: Equatable, Sendable {
        var status = 0
        var body = ""
        var error: UpstreamError?
        var reused = false
        var retried = false
    }

    /// Makes one call on the appliance's loop and collects its answer.
    static func call(
        _ appliance: Appliance, _ origin: Origin, path: String = "/", method: String = "POST", body: String = "ask",
        timeouts: Timeouts = Timeouts(), limit: Int = 1 << 20
    ) async throws -> Result {
        let client = appliance.client
        return try await appliance.onLoop { eventLoop in
            let call = client.makeCall(on: eventLoop)
            var result = Result()
            do throws(UpstreamError) {
                let request = UpstreamRequest(
                    origin: origin, method: method, target: path, body: ByteBuffer(string: body))
                result.status = try await call.send(request, timeouts: timeouts).status
                result.body = String(buffer: try await call.collect(limit: limit))
            } catch {
                result.error = error
            }
            result.reused = call.connectionReused
            result.retried = call.hasRetriedStale
            return result
        }
    }

    /// Runs a test with a fake upstream whose connections are played by `play`, one after another.
    static func with(
        _ settings: UpstreamSettings = UpstreamSettings(),
        play: @escaping @Sendable (_ peer: RawPeer, _ number: Int) async throws -> Void,
        _ body: (Appliance, Origin) async throws -> Void
    ) async throws {
        let upstream = try await FakeUpstream.start()
        let player = Task {
            await withDiscardingTaskGroup { tasks in
                var number = 0
                while let peer = try? await upstream.accept() {
                    number += 1
                    tasks.addTask { [number] in try? await play(peer, number) }
                }
            }
        }
        try await Appliance.run(upstream: settings, handler: { exchange, _ in exchange.respond(text: "") }) {
            appliance in
            try await body(appliance, upstream.origin)
        }
        await upstream.stop()
        player.cancel()
    }

    @Test
    func `one connection carries call after call`() async throws {
        try await Self.with(play: { peer, number in
            while await peer.receiveMessage() != "" {
                try await peer.send("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n\(number)")
            }
        }) { appliance, origin in
            for turn in 0..<5 {
                let result = try await Self.call(appliance, origin)
                #expect(result == Result(status: 200, body: "1", reused: turn > 0))
            }
            #expect(await appliance.client.openConnections() == 1)
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 1\r\n\r\n",
        "HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\n",
    ])
    func `a connection that the upstream wants closed is not used again`(head: String) async throws {
        try await Self.with(play: { peer, number in
            while await peer.receiveMessage() != "" { try await peer.send(head + "\(number)") }
        }) { appliance, origin in
            for turn in 1..<4 {
                let result = try await Self.call(appliance, origin)
                #expect(result == Result(status: 200, body: "\(turn)"))
            }
        }
    }

    @Test
    func `a connection on which the upstream says more than it should is not used again`() async throws {
        try await Self.with(play: { peer, number in
            while await peer.receiveMessage() != "" {
                try await peer.send(
                    "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n\(number)HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil"
                )
            }
        }) { appliance, origin in
            for turn in 1..<4 {
                let result = try await Self.call(appliance, origin)
                #expect(result == Result(status: 200, body: "\(turn)"))
            }
        }
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", "abcde"),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
            "ok"
        ),
        ("HTTP/1.1 200\r\n\r\nuntil the end", "until the end"), ("HTTP/1.1 204 No Content\r\n\r\n", ""),
    ])
    func `each framing of an answer is understood, whole and byte by byte`(answer: String, body: String) async throws {
        try await Self.with(play: { peer, number in
            _ = await peer.receiveMessage()
            for piece in answer.pieces(of: number == 1 ? 10_000 : 1) { try await peer.send(piece) }
            await peer.close()
        }) { appliance, origin in
            for _ in 0..<2 {
                let result = try await Self.call(appliance, origin)
                #expect(result.body == body)
                #expect(result.error == nil)
            }
        }
    }

    @Test
    func `a kept connection that died is replaced once, without an error`() async throws {
        try await Self.with(play: { peer, number in
            _ = await peer.receiveMessage()
            try await peer.send("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n\(number)")
            if number == 1 {
                // Waits for the second request and dies without a word.
                _ = await peer.receiveMessage()
                try await peer.reset()
            }
        }) { appliance, origin in
            let first = try await Self.call(appliance, origin)
            #expect(first == Result(status: 200, body: "1"))
            let second = try await Self.call(appliance, origin)
            #expect(second == Result(status: 200, body: "2", retried: true))
        }
    }

    @Test
    func `a kept connection that dies after a byte of its answer is an error`() async throws {
        try await Self.with(play: { peer, number in
            _ = await peer.receiveMessage()
            try await peer.send("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n\(number)")
            _ = await peer.receiveMessage()
            try await peer.send("H")
            await peer.close()
        }) { appliance, origin in
            _ = try await Self.call(appliance, origin)
            let result = try await Self.call(appliance, origin)
            #expect(result == Result(error: .resetBeforeHead, reused: true))
        }
    }

    @Test(arguments: [true, false])
    func `a fresh connection that dies before the head is an error and not tried again`(isReset: Bool) async throws {
        let accepted = Seen()
        try await Self.with(play: { peer, number in
            accepted.add("\(number)")
            _ = await peer.receiveMessage()
            if isReset { try await peer.reset() } else { await peer.close() }
        }) { appliance, origin in
            let result = try await Self.call(appliance, origin)
            #expect(result == Result(error: .resetBeforeHead))
        }
        #expect(accepted.paths == ["1"])
    }

    @Test(arguments: [
        "content-length: 10\r\n\r\nhalf", "transfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        "transfer-encoding: chunked\r\n\r\n9\r\nhalf",
    ])
    func `an answer that breaks off is an error after what came`(rest: String) async throws {
        try await Self.with(play: { peer, number in
            _ = await peer.receiveMessage()
            try await peer.send("HTTP/1.1 200 OK\r\n" + rest)
            if number == 1 { await peer.close() } else { try await peer.reset() }
        }) { appliance, origin in
            for _ in 0..<2 {
                let client = appliance.client
                let (text, error) = try await appliance.onLoop { eventLoop in
                    let call = client.makeCall(on: eventLoop)
                    var text = ""
                    do throws(UpstreamError) {
                        _ = try await call.send(
                            UpstreamRequest(origin: origin, method: "GET", target: "/"), timeouts: Timeouts())
                        while let piece = try await call.next() { text += String(buffer: piece) }
                    } catch {
                        return (text, error as UpstreamError?)
                    }
                    return (text, nil)
                }
                #expect(text == "half" || text == "")
                guard case .resetMidBody = error else {
                    Issue.record("\(String(describing: error)) is not a reset")
                    return
                }
            }
        }
    }

    @Test(arguments: [
        "garbage\r\n\r\n", "HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n", "HTTP/1.1 200 OK\r\na\r\n\r\n",
        "\u{0}\u{1}\u{2}\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", "HTTP/1.1 101 Switching\r\n\r\n",
        "HTTP/3 200\r\n\r\n",
        "HTTP/1.1 200 OK\r\n" + String(repeating: "a: b\r\n", count: 300) + "\r\n",
        String(repeating: "HTTP/1.1 100 C\r\n\r\n", count: 20),
        "HTTP/1.1 200 OK\r\na: " + String(repeating: "b", count: 100_000), String(repeating: "x", count: 200_000),
    ])
    func `garbage is an error and its connection is closed`(answer: String) async throws {
        let closed = Signal()
        try await Self.with(play: { peer, _ in
            _ = await peer.receiveMessage()
            try? await peer.send(answer)
            _ = await peer.receiveAll()
            closed.fire()
            await peer.close()
        }) { appliance, origin in
            let result = try await Self.call(appliance, origin)
            guard case .malformed = result.error else {
                Issue.record("\(result) is not malformed")
                return
            }
            await closed.wait()
        }
    }

    @Test
    func `each phase has its time`() async throws {
        try await Self.with(play: { peer, _ in
            let request = await peer.receiveMessage()
            if request.hasPrefix("POST /body") {
                try await peer.send("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nsome")
            }
            if request.hasPrefix("POST /drip") {
                try await peer.send("HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n")
                while (try? await peer.send("x")) != nil { await Task.yield() }
            }
            _ = await peer.receiveAll()
            await peer.close()
        }) { appliance, origin in
            var timeouts = Timeouts(firstByte: .milliseconds(400), idle: .milliseconds(300), total: .seconds(30))
            for (path, error, limit) in [
                ("/head", UpstreamError.firstByteTimeout, Duration.milliseconds(400)),
                ("/body", .idleTimeout, .milliseconds(300)), ("/drip", .totalTimeout, .milliseconds(600)),
            ] {
                if error == .totalTimeout { timeouts = Timeouts(total: limit) }
                let start = ContinuousClock.now
                let result = try await Self.call(appliance, origin, path: path, timeouts: timeouts)
                let elapsed = start.duration(to: .now)
                #expect(result.error == error)
                #expect(elapsed >= limit && elapsed < limit + .milliseconds(500), "\(path) took \(elapsed)")
            }
            #expect(await appliance.client.openConnections() == 0)
        }
    }

    @Test
    func `a call that finds all connections in use waits for one, up to its limit`() async throws {
        var settings = UpstreamSettings()
        settings.maximumConnectionsPerOrigin = 1
        let hold = Signal()
        let busy = Signal()
        try await Self.with(
            settings,
            play: { peer, _ in
                while true {
                    let request = await peer.receiveMessage()
                    guard request != "" else { return }
                    if request.hasPrefix("POST /hold") {
                        busy.fire()
                        await hold.wait()
                    }
                    try await peer.send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
                }
            }
        ) { appliance, origin in
            async let first = Self.call(appliance, origin, path: "/hold")
            await busy.wait()
            let timeouts = Timeouts(connect: .milliseconds(200))
            let refused = try await Self.call(appliance, origin, timeouts: timeouts)
            #expect(refused.error == .connectTimeout)
            async let second = Self.call(appliance, origin)
            async let third = Self.call(appliance, origin)
            hold.fire()
            let held = try await first
            #expect(held == Result(status: 200, body: "ok"))
            let next = try await second
            #expect(next == Result(status: 200, body: "ok", reused: true))
            let last = try await third
            #expect(last == Result(status: 200, body: "ok", reused: true))
            #expect(await appliance.client.openConnections() == 1)
        }
    }

    @Test
    func `an origin that nobody listens on is said so`() async throws {
        let upstream = try await FakeUpstream.start()
        await upstream.stop()
        try await Appliance.run(handler: { exchange, _ in exchange.respond(text: "") }) { appliance in
            let result = try await Self.call(appliance, upstream.origin)
            guard case .connectFailed = result.error else {
                Issue.record("\(result) is not a failed connection")
                return
            }
            let named = Origin(isSecure: false, host: "does-not-exist.invalid", port: 80)
            let unknown = try await Self.call(appliance, named)
            guard case .connectFailed = unknown.error else {
                Issue.record("\(unknown) is not a failed connection")
                return
            }
        }
    }

    @Test
    func `cancelling closes the upstream connection at once, in every phase`() async throws {
        let closed = [Signal(), Signal()]
        let reached = [Signal(), Signal()]
        try await Self.with(play: { peer, number in
            _ = await peer.receiveMessage()
            if number == 2 { try await peer.send("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nsome") }
            reached[number - 1].fire()
            _ = await peer.receiveAll()
            closed[number - 1].fire()
            await peer.close()
        }) { appliance, origin in
            for turn in 0..<2 {
                let client = appliance.client
                let signal = reached[turn]
                let error = try await appliance.onLoop { eventLoop in
                    let call = client.makeCall(on: eventLoop)
                    let executor = EventLoopTaskExecutor.shared(on: eventLoop)
                    Task(executorPreference: executor) {
                        await signal.wait()
                        call.cancel()
                    }
                    do throws(UpstreamError) {
                        _ = try await call.send(
                            UpstreamRequest(origin: origin, method: "GET", target: "/"), timeouts: Timeouts())
                        while try await call.next() != nil {}
                    } catch {
                        return error as UpstreamError?
                    }
                    return nil
                }
                #expect(error == .cancelled)
                await closed[turn].wait()
            }
        }
    }

    @Test
    func `reading pauses while the caller does not ask, and an answer past the limit is cut`() async throws {
        let stopped = Signal()
        try await Self.with(play: { peer, _ in
            _ = await peer.receiveMessage()
            try await peer.send("HTTP/1.1 200 OK\r\n\r\n")
            let block = ByteBuffer(repeating: 0x61, count: 65_536)
            while (try? await peer.send(block)) != nil {}
            stopped.fire()
        }) { appliance, origin in
            let result = try await Self.call(appliance, origin, limit: 1_000_000)
            #expect(result.error == .tooLarge)
            await stopped.wait()
        }
    }

    @Test
    func `many calls at once share the loop`() async throws {
        try await Self.with(play: { peer, _ in
            while true {
                let request = await peer.receiveMessage()
                guard request != "" else { return }
                try await peer.send(
                    "HTTP/1.1 200 OK\r\ncontent-length: \(request.messageBody.utf8.count)\r\n\r\n\(request.messageBody)"
                )
            }
        }) { appliance, origin in
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for number in 0..<200 {
                    tasks.addTask {
                        let result = try await Self.call(appliance, origin, body: "number \(number)")
                        #expect(result.body == "number \(number)")
                    }
                }
                try await tasks.waitForAll()
            }
        }
    }

    @Test
    func `after shutdown a call ends at once`() async throws {
        try await Self.with(play: { peer, _ in _ = await peer.receiveAll() }) { appliance, origin in
            async let pending = Self.call(appliance, origin)
            while await appliance.client.openConnections() == 0 { await Task.yield() }
            await appliance.client.shutdown()
            let ended = try await pending
            #expect(ended.error != nil)
            let late = try await Self.call(appliance, origin)
            #expect(late.error == .cancelled)
        }
    }
}
