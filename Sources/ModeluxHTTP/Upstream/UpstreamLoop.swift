import Logging
import NIOCore
import NIOPosix
import NIOSSL

/// The connections of one event loop to all origins. On the loop only.
final class UpstreamLoop {
    let eventLoop: any EventLoop
    let executor: EventLoopTaskExecutor
    let deadlines: DeadlineTable
    let settings: UpstreamSettings
    let limits: HeadLimits
    let logger: Logger
    private let tls: NIOSSLContext
    private var pools: [Origin: UpstreamPool] = [:]
    private var connections: [ObjectIdentifier: UpstreamConnection] = [:]
    private(set) var isShutDown = false

    init(eventLoop: any EventLoop, settings: UpstreamSettings, tls: NIOSSLContext, logger: Logger) {
        self.eventLoop = eventLoop
        self.settings = settings
        self.tls = tls
        self.logger = logger
        executor = .shared(on: eventLoop)
        deadlines = DeadlineTable(executor: executor)
        limits = HeadLimits(maximumBytes: settings.maximumHeadBytes, maximumFields: settings.maximumHeaderCount)
    }

    /// Connections that are open or being made.
    var openConnections: Int { connections.count }

    /// The pool of an origin.
    func pool(_ origin: Origin) -> UpstreamPool {
        if let pool = pools[origin] { return pool }
        let pool = UpstreamPool(origin: origin, loop: self)
        pools[origin] = pool
        return pool
    }

    /// Forgets a pool that holds nothing, so that origins of the past cost nothing.
    func removeIfEmpty(_ pool: UpstreamPool) {
        if pool.isEmpty { pools[pool.origin] = nil }
    }

    /// Starts connecting. The connection tells its pool when it is ready or has failed.
    func connect(_ connection: UpstreamConnection, to origin: Origin, timeout: Duration) {
        connections[ObjectIdentifier(connection)] = connection
        let deadline = NIODeadline.after(timeout)
        ClientBootstrap(group: eventLoop)
            .connectTimeout(TimeAmount(timeout))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 1_024, initial: 2_048, maximum: 16_384)
            )
            .connect(host: origin.host, port: origin.port)
            .assumeIsolated()
            .whenComplete { result in
                self.executor.perform {
                    do {
                        try self.adopt(try result.get(), connection, deadline)
                    } catch {
                        connection.connectFailed(error)
                    }
                }
            }
    }

    /// Puts the handlers on a connected channel. Only now: a name with several addresses is tried on several channels,
    /// of which one is kept.
    private func adopt(_ channel: any Channel, _ connection: UpstreamConnection, _ deadline: NIODeadline) throws {
        guard !isShutDown else {
            channel.close(promise: nil)
            throw ChannelError.ioOnClosedChannel
        }
        let pipeline = channel.pipeline.syncOperations
        if connection.isSecure {
            try pipeline.addHandler(UpstreamLoop.makeTLSHandler(tls, connection.host))
        }
        try pipeline.addHandler(connection)
        connection.connected(handshakeDeadline: deadline)
    }

    /// Forgets a connection that is closed or was never made.
    func remove(_ connection: UpstreamConnection) {
        connections[ObjectIdentifier(connection)] = nil
    }

    /// Closes everything.
    func shutdown() {
        isShutDown = true
        executor.perform {
            for pool in Array(pools.values) { pool.cancelWaiting() }
            for connection in Array(connections.values) { connection.shutdown() }
        }
    }

    /// A numeric address is verified against the addresses in the certificate and sends no server name.
    private static func makeTLSHandler(_ context: NIOSSLContext, _ host: String) throws -> NIOSSLClientHandler {
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host)
    }
}
