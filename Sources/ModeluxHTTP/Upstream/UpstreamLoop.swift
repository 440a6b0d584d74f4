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
    /// ``UpstreamSettings/keepAliveIdle`` in the loop's unit.
    let keepAliveIdle: TimeAmount
    /// Where requests are put together.
    var writeBuffer = WriteBuffer()
    private let tls: NIOSSLContext
    private var pools: [Origin: UpstreamPool] = [:]
    /// The pool of the last call: mostly the next one has the same origin, and a host need not be hashed.
    private var lastPool: UpstreamPool?
    private var connections: [ObjectIdentifier: UpstreamConnection] = [:]
    private(set) var isShutDown = false
    /// The limits of the last call: nearly all calls have the same.
    private(set) var usualLimits = PhaseLimits(Timeouts())
    private var usualTimeouts = Timeouts()

    init(eventLoop: any EventLoop, settings: UpstreamSettings, tls: NIOSSLContext, logger: Logger) {
        self.eventLoop = eventLoop
        self.settings = settings
        self.tls = tls
        self.logger = logger
        keepAliveIdle = TimeAmount(settings.keepAliveIdle)
        executor = .shared(on: eventLoop)
        deadlines = DeadlineTable(executor: executor)
        limits = HeadLimits(maximumBytes: settings.maximumHeadBytes, maximumFields: settings.maximumHeaderCount)
    }

    /// Connections that are open or being made.
    var openConnections: Int { connections.count }

    /// Timeouts in the loop's unit.
    func limits(for timeouts: Timeouts) -> PhaseLimits {
        if timeouts != usualTimeouts {
            usualTimeouts = timeouts
            usualLimits = PhaseLimits(timeouts)
        }
        return usualLimits
    }

    /// The pool of an origin.
    func pool(_ origin: Origin) -> UpstreamPool {
        if let lastPool, lastPool.origin == origin { return lastPool }
        let pool = pools[origin] ?? UpstreamPool(origin: origin, loop: self)
        pools[origin] = pool
        lastPool = pool
        return pool
    }

    /// Forgets a pool that holds nothing, so that origins of the past cost nothing.
    func removeIfEmpty(_ pool: UpstreamPool) {
        guard pool.isEmpty else { return }
        pools[pool.origin] = nil
        lastPool = nil
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
