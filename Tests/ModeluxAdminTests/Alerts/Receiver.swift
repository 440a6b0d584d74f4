import ModeluxCore
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A webhook receiver on a real socket. It answers what a test tells it to, and hands over what it saw.
struct Receiver {
    private let channel: any Channel
    private let script: Script
    private let requests: AsyncStream<Seen>

    /// What it answers.
    enum Answer: Sendable {
        case status(Int, headers: [(String, String)] = [])
        /// Nothing at all.
        case silence
        /// The end of the connection.
        case hangUp
    }

    /// One request.
    struct Seen: Sendable {
        let path: String
        let headers: HTTPHeaders
        let body: String

        var json: JSONTree { (try? JSONTree(parsing: Array(body.utf8))) ?? .null }
        var id: String { json["id"]?.stringValue ?? "" }
        func header(_ name: String) -> String { headers[name].joined(separator: "|") }
    }

    /// What is answered next; 200 when nothing is planned.
    final class Script: Sendable {
        private let answers = Mutex<[Answer]>([])
        func plan(_ next: [Answer]) { answers.withLock { $0 += next } }
        func next() -> Answer { answers.withLock { $0.isEmpty ? .status(200) : $0.removeFirst() } }
    }

    /// Runs a receiver for the length of `body`.
    static func run(_ body: (Receiver) async throws -> Void) async throws {
        let (requests, sender) = AsyncStream.makeStream(of: Seen.self)
        let script = Script()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(sender: sender, script: script))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            try await body(Receiver(channel: channel, script: script, requests: requests))
        } catch {
            try await channel.close().get()
            throw error
        }
        try await channel.close().get()
    }

    var url: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }

    /// Plans what is answered.
    func answer(_ answers: Answer...) { script.plan(answers) }

    /// The next requests, in the order in which they came.
    func next(_ count: Int = 1) async -> [Seen] {
        var seen: [Seen] = []
        for await request in requests.prefix(count) { seen.append(request) }
        return seen
    }
}

private final class Handler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart
    private let sender: AsyncStream<Receiver.Seen>.Continuation
    private let script: Receiver.Script
    private var head: HTTPRequestHead?
    private var body = ""

    init(sender: AsyncStream<Receiver.Seen>.Continuation, script: Receiver.Script) {
        self.sender = sender
        self.script = script
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = ""
        case .body(let buffer): body += String(buffer: buffer)
        case .end:
            guard let head else { return }
            sender.yield(Receiver.Seen(path: head.uri, headers: head.headers, body: body))
            answer(script.next(), context)
        }
    }

    private func answer(_ answer: Receiver.Answer, _ context: ChannelHandlerContext) {
        switch answer {
        case .silence: return
        case .hangUp: context.close(promise: nil)
        case .status(let status, let headers):
            var fields = HTTPHeaders(headers)
            fields.replaceOrAdd(name: "content-length", value: "2")
            let head = HTTPResponseHead(
                version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: fields)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: "ok")))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
