import Logging
public import ModeluxHTTP
public import NIOCore
import NIOPosix
import Synchronization

/// An OpenAI-shaped provider on a real socket that answers as the test says and remembers what it was asked.
public final class FakeProvider: Sendable {
    private let server: HTTPServer
    private let seen: SeenRequests
    /// Where it listens: `http://127.0.0.1:PORT/v1`.
    public let baseURL: String

    /// What a call looked like when it arrived.
    public struct Seen: Sendable {
        /// The path with its query.
        public let target: String
        /// The header fields.
        public let headers: HeaderBlock
        /// The body as text.
        public let body: String
    }

    /// What to answer.
    public enum Answer: Sendable {
        /// A whole answer.
        case whole(Int, String, headers: [(String, String)] = [("content-type", "application/json")])
        /// A stream of events; with `isCut` the connection is cut instead of ended.
        case events([String], isCut: Bool = false)
        /// Nothing, until the caller leaves.
        case silence
    }

    private final class SeenRequests: Sendable {
        let all = Mutex<[Seen]>([])
    }

    /// Starts a provider; `answer` gets each request with its number, from 0.
    public init(
        on group: any EventLoopGroup, answer: @escaping @Sendable (Int, Seen) -> Answer
    ) async throws {
        let seen = SeenRequests()
        self.seen = seen
        server = HTTPServer(
            settings: HTTPServerSettings(port: 0), group: group, logger: Logger(label: "fake-provider")
        ) { exchange in
            guard let body = try? await exchange.body(limit: 64 << 20) else { return exchange.abort() }
            let request = Seen(
                target: exchange.head.target, headers: exchange.head.headers, body: String(buffer: body))
            let number = seen.all.withLock { all in
                all.append(request)
                return all.count - 1
            }
            await FakeProvider.send(answer(number, request), to: exchange)
        }
        let address = try await server.start()
        baseURL = "http://127.0.0.1:\(address.port)/v1"
    }

    /// Every call so far.
    public var requests: [Seen] { seen.all.withLock { $0 } }

    /// Stops listening.
    public func stop() async {
        await server.shutdownGracefully()
    }

    private static func send(_ answer: Answer, to exchange: ServerExchange) async {
        var headers = HeaderBlock()
        switch answer {
        case .whole(let status, let body, let fields):
            for (name, value) in fields { headers.add(name, value) }
            exchange.respond(ResponseHead(status: status, headers: headers), body: ByteBuffer(string: body))
        case .events(let events, let isCut):
            headers.add("content-type", "text/event-stream")
            exchange.startStream(ResponseHead(status: 200, headers: headers))
            for event in events {
                guard (try? await exchange.write(ByteBuffer(string: event))) != nil else { return }
            }
            if isCut { exchange.abort() } else { exchange.finishStream() }
        case .silence:
            await withCheckedContinuation { continuation in exchange.onClientGone { continuation.resume() } }
        }
    }
}
