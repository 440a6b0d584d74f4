public import Logging
public import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// The inference listener: HTTP/1.1 on event loops, one task per request on the loop of its connection.
public final class HTTPServer: Sendable {
    private enum State {
        case fresh
        case listening(any Channel)
        case stopped
    }

    private let settings: HTTPServerSettings
    private let group: any EventLoopGroup
    private let logger: Logger
    private let loops: LoopGroup<ServerLoop>
    private let census: ConnectionCensus
    private let state = Mutex(State.fresh)
    private let finished: AsyncStream<Never>
    private let finish: AsyncStream<Never>.Continuation

    /// A server that is not listening yet.
    ///
    /// - Parameters:
    ///   - settings: address and limits.
    ///   - group: the event loops; the upstream client must use the same.
    ///   - logger: failures of connections go there at `debug`.
    ///   - handler: answers one request. Runs in a task on the loop of the connection and must not block it. An answer
    ///     that it leaves out becomes a 500; a stream that it leaves open is cut.
    public init(
        settings: HTTPServerSettings,
        group: any EventLoopGroup,
        logger: Logger,
        handler: @escaping @Sendable (ServerExchange) async -> Void
    ) {
        self.settings = settings
        self.group = group
        self.logger = logger
        let census = ConnectionCensus(
            maximumConnections: settings.maximumConnections,
            maximumBodyBytes: settings.maximumBufferedBodyBytes
        )
        self.census = census
        loops = LoopGroup(group) { eventLoop in
            ServerLoop(eventLoop: eventLoop, settings: settings, census: census, logger: logger, handler: handler)
        }
        (finished, finish) = AsyncStream.makeStream()
    }

    /// Connections that are open now, idle ones included.
    public var openConnections: Int { census.count }

    /// Binds and starts accepting.
    ///
    /// - Returns: the address with the port that the kernel gave.
    /// - Throws: when the address cannot be bound or the TLS files do not work.
    public func start() async throws -> ListeningAddress {
        let tls = try settings.tls.map { try TLSReloader($0, logger: logger) }
        let channel = try await makeBootstrap(tls).bind(host: settings.host, port: settings.port).get()
        state.withLock { $0 = .listening(channel) }
        if let tls { watch(tls, channel) }
        return ListeningAddress(
            host: channel.localAddress?.ipAddress ?? settings.host,
            port: channel.localAddress?.port ?? settings.port
        )
    }

    /// Waits until ``shutdownGracefully()`` is done. One caller may wait.
    public func waitUntilShutdown() async {
        for await _ in finished {}
    }

    /// Stops accepting, closes idle connections, lets answers that are under way end up to `drainLimit`, then cuts them.
    public func shutdownGracefully() async {
        let channel: (any Channel)? = state.withLock { state in
            defer { state = .stopped }
            if case .listening(let channel) = state { return channel }
            return nil
        }
        guard let channel else { return }
        try? await channel.close().get()
        await withDiscardingTaskGroup { tasks in
            for eventLoop in loops.eventLoops {
                tasks.addTask { [loops] in
                    try? await eventLoop.flatSubmit { loops[eventLoop].drain() }.get()
                }
            }
        }
        finish.finish()
    }

    private func makeBootstrap(_ tls: TLSReloader?) -> ServerBootstrap {
        let loops = loops
        let census = census
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Int32(clamping: settings.backlog))
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptGate(census: census))
                }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 1_024, initial: 2_048, maximum: 32_768)
            )
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 8 * 1_024, high: 32 * 1_024))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls {
                        try pipeline.addHandler(NIOSSLServerHandler(context: tls.context))
                    }
                    let loop = loops[channel.eventLoop]
                    try pipeline.addHandler(ServerConnection(loop: loop, isSecure: tls != nil))
                }
            }
    }

    /// Looks for a new certificate every few seconds, off the event loops.
    private func watch(_ tls: TLSReloader, _ channel: any Channel) {
        let task = channel.eventLoop.scheduleRepeatedTask(initialDelay: .seconds(2), delay: .seconds(2)) { _ in
            NIOThreadPool.singleton.submit { _ in tls.poll() }
        }
        channel.closeFuture.whenComplete { _ in task.cancel() }
    }
}
