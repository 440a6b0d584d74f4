import Glibc
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
public import Logging
public import ModeluxCore
public import NIOCore
import NIOSSL
public import ServiceLifecycle
import Synchronization

/// The management listeners: TCP for keys and browsers, a local socket for the command line.
public final class AdminServer: Service {
    private let settings: AdminSettings
    private let dependencies: AdminDependencies
    private let group: any EventLoopGroup
    private let logger: Logger
    private let limiter = RequestLimiter()
    private let routes: RouteTable
    private let listening = Mutex(Listening())

    private struct Listening {
        var address: ListenAddress?
        var waiters: [CheckedContinuation<ListenAddress, Never>] = []
        var missing: Int
        init() { missing = 0 }
    }

    /// Prepares the listeners; `run` opens them.
    /// - Parameters:
    ///   - settings: Where to listen and how.
    ///   - dependencies: What the API works on.
    ///   - eventLoopGroup: One thread is enough.
    ///   - logger: For requests that fail for a reason of ours.
    public init(
        settings: AdminSettings, dependencies: AdminDependencies, eventLoopGroup: any EventLoopGroup, logger: Logger
    ) {
        self.settings = settings
        self.dependencies = dependencies
        self.logger = logger
        group = eventLoopGroup
        routes = Routes.table(dependencies, settings: settings, limiter: limiter)
    }

    /// Opens both listeners and serves until a graceful shutdown.
    /// - Throws: When an address is taken or a certificate does not work.
    public func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            let listeners = try [tcp()] + (settings.socketPath.map { [local($0)] } ?? [])
            listening.withLock { $0.missing = listeners.count }
            for listener in listeners { tasks.addTask { try await listener.run() } }
            // Either both listeners serve, or none: a process that half listens looks healthy and is not.
            try await tasks.waitForAll()
        }
    }

    /// Waits until both listeners accept connections.
    /// - Returns: Where the TCP listener is, with the port that the system chose.
    public func whenListening() async -> ListenAddress {
        await withCheckedContinuation { continuation in
            let known = listening.withLock { listening -> ListenAddress? in
                if let address = listening.address, listening.missing == 0 { return address }
                listening.waiters.append(continuation)
                return nil
            }
            if let known { continuation.resume(returning: known) }
        }
    }

    private func tcp() throws -> Application<AdminResponder> {
        let address = settings.address
        return Application(
            responder: responder(isLocal: false), server: try builder(),
            configuration: ApplicationConfiguration(address: .hostname(address.host, port: address.port)),
            onServerRunning: { [weak self] channel in
                self?.opened(ListenAddress(host: address.host, port: channel.localAddress?.port ?? address.port))
            }, eventLoopGroupProvider: .shared(group), logger: quiet)
    }

    private func local(_ path: String) -> Application<AdminResponder> {
        Application(
            responder: responder(isLocal: true), server: .http1(configuration: Self.channel),
            configuration: ApplicationConfiguration(address: .unixDomainSocket(path: path)),
            onServerRunning: { [weak self] _ in
                // Until here the folder's mode 0700 keeps everyone else away from the socket.
                chmod(path, 0o600)
                self?.opened(nil)
            }, eventLoopGroupProvider: .shared(group), logger: quiet)
    }

    private func opened(_ address: ListenAddress?) {
        let (waiters, known) = listening.withLock {
            listening -> ([CheckedContinuation<ListenAddress, Never>], ListenAddress?) in
            listening.missing -= 1
            if let address { listening.address = address }
            guard listening.missing == 0, let known = listening.address else { return ([], nil) }
            defer { listening.waiters = [] }
            return (listening.waiters, known)
        }
        guard let known else { return }
        for waiter in waiters { waiter.resume(returning: known) }
    }

    private func responder(isLocal: Bool) -> AdminResponder {
        let access = Access(store: dependencies.store, limiter: limiter, cookies: SessionCookie(settings))
        return AdminResponder(
            isLocal: isLocal, hosts: HostGuard(settings), routes: routes, access: access,
            operations: OperationsAPI(dependencies: dependencies, isLoopback: isLocal || settings.isLoopback),
            dashboard: Dashboard(directory: settings.dashboardDirectory), clock: dependencies.clock, logger: logger)
    }

    private func builder() throws -> HTTPServerBuilder {
        guard let certificate = settings.tlsCertificate, let key = settings.tlsKey else {
            return .http1(configuration: Self.channel)
        }
        return try .tls(
            .http1(configuration: Self.channel),
            tlsConfiguration: AdminTLS.configuration(certificate: certificate, key: key))
    }

    /// Hummingbird's own log lines would repeat the path of each request.
    private var quiet: Logger {
        var logger = logger
        logger.logLevel = max(.warning, logger.logLevel)
        return logger
    }

    private static let channel = HTTP1Channel.Configuration(
        idleTimeout: .seconds(60),
        httpDecoderConfiguration: .init(
            maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 64 << 10, maxHeaderFieldCount: 100))
}
