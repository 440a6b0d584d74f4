import NIOCore
import NIOPosix

/// One end of a TCP connection that sends and receives bytes as they are: the tests' client, and their fake upstream.
final class RawPeer: Sendable {
    let channel: any Channel
    private let pieces: AsyncStream<ByteBuffer>.Iterator.Box

    fileprivate init(channel: any Channel, stream: AsyncStream<ByteBuffer>) {
        self.channel = channel
        pieces = .init(stream.makeAsyncIterator())
    }

    /// Connects to a listener on the loopback address.
    static func connect(port: Int, on group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton) async throws
        -> RawPeer
    {
        let (stream, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
        let channel = try await ClientBootstrap(group: group)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collector(continuation))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return RawPeer(channel: channel, stream: stream)
    }

    /// Wraps a connection that a listener accepted. Called on its loop.
    static func adopt(_ channel: any Channel) throws -> RawPeer {
        let (stream, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
        try channel.pipeline.syncOperations.addHandler(Collector(continuation))
        return RawPeer(channel: channel, stream: stream)
    }

    func send(_ text: String) async throws {
        try await send(ByteBuffer(string: text))
    }

    func send(_ bytes: ByteBuffer) async throws {
        try await channel.writeAndFlush(bytes).get()
    }

    /// The next piece, or `nil` once the other side ended the connection.
    func receive() async -> ByteBuffer? {
        await pieces.next()
    }

    /// Everything up to the end of the connection.
    func receiveAll() async -> String {
        var all = ByteBuffer()
        while let piece = await receive() { all.writeImmutableBuffer(piece) }
        return String(buffer: all)
    }

    /// Receives until the text holds `marker`; what came so far if the connection ends first.
    func receive(until marker: String) async -> String {
        var text = ""
        while !text.contains(marker), let piece = await receive() { text += String(buffer: piece) }
        return text
    }

    /// Receives one message with `content-length` or without a body.
    func receiveMessage() async -> String {
        var text = await receive(until: "\r\n\r\n")
        guard let headEnd = text.firstRange(of: "\r\n\r\n") else { return text }
        let length =
            text[..<headEnd.lowerBound].lowercased().split(separator: "\r\n")
            .first { $0.hasPrefix("content-length: ") }
            .flatMap { Int($0.dropFirst(16)) } ?? 0
        while text[headEnd.upperBound...].utf8.count < length, let piece = await receive() {
            text += String(buffer: piece)
        }
        return text
    }

    func stopReading() async throws {
        try await channel.setOption(.autoRead, value: false).get()
    }

    func startReading() async throws {
        try await channel.setOption(.autoRead, value: true).get()
    }

    func finishSending() async throws {
        try await channel.close(mode: .output).get()
    }

    func close() async {
        try? await channel.close().get()
    }

    /// Closes with RST.
    func reset() async throws {
        try await Linger.zero(channel)
        await close()
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let continuation: AsyncStream<ByteBuffer>.Continuation

        init(_ continuation: AsyncStream<ByteBuffer>.Continuation) {
            self.continuation = continuation
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            continuation.yield(unwrapInboundIn(data))
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case .inputClosed = event as? ChannelEvent { continuation.finish() }
        }

        func channelInactive(context: ChannelHandlerContext) {
            continuation.finish()
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}

extension AsyncStream<ByteBuffer>.Iterator {
    /// The iterator in a box that a `Sendable` class may hold.
    actor Box {
        private var iterator: AsyncStream<ByteBuffer>.Iterator

        init(_ iterator: sending AsyncStream<ByteBuffer>.Iterator) {
            self.iterator = iterator
        }

        func next() async -> ByteBuffer? {
            var copy = iterator
            let piece = await copy.next(isolation: #isolation)
            iterator = copy
            return piece
        }
    }
}
