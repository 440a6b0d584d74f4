import Glibc
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
public import Logging
public import ModeluxCore
public import NIOCore
import NIOSSL
public import ServiceLifecycle

/// The management listeners: TCP for keys and browsers, a local socket for the command line.
public final class AdminServer: Service {
    private let settings: AdminSettings
    private let dependencies: AdminDependencies
    private let group: any EventLoopGroup
    private let logger: Logger
    private let limiter = RequestLimiter()
    private let routes: RouteTable
    private let listening: Listeners

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
        let listening = Listeners(settings)
        self.listening = listening
        routes = Routes.table(
            dependencies, settings: settings, limiter: limiter, signInURL: { listening.signInURL(token: $0) })
    }

    /// Opens both listeners and serves until a graceful shutdown.
    /// - Throws: When an address is taken or a certificate does not work.
    public func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            let listeners = try [tcp()] + (settings.socketPath.map { [local($0)] } ?? [])
            for listener in listeners { tasks.addTask { try await listener.run() } }
            // Either both listeners serve, or none: a process that half listens looks healthy and is not. (`waitForAll`
            // would wait for the other one before it told of a failure.)
            while try await tasks.next() != nil {}
        }
    }

    /// Waits until both listeners accept connections.
    /// - Returns: Where the TCP listener is, with the port that the system chose.
    public func whenListening() async -> ListenAddress { await listening.whenOpen() }

    /// Where a browser uses the token of a sign-in link. The token stands behind the `#`, which no browser sends.
    public func signInURL(token: Secret) -> String { listening.signInURL(token: token) }

    private func tcp() throws -> Application<AdminResponder> {
        let address = settings.address
        return Application(
            responder: responder(isLocal: false), server: try builder(),
            configuration: ApplicationConfiguration(address: .hostname(address.host, port: address.port)),
            onServerRunning: { [listening] channel in
                listening.opened(ListenAddress(host: address.host, port: channel.localAddress?.port ?? address.port))
            }, eventLoopGroupProvider: .shared(group), logger: quiet)
    }

    private func local(_ path: String) -> Application<AdminResponder> {
        Application(
            responder: responder(isLocal: true), server: .http1(configuration: Self.channel),
            configuration: ApplicationConfiguration(address: .unixDomainSocket(path: path)),
            onServerRunning: { [listening] _ in
                // Until here the folder's mode 0700 keeps everyone else away from the socket.
                chmod(path, 0o600)
                listening.opened(nil)
            }, eventLoopGroupProvider: .shared(group), logger: quiet)
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

    /// Hummingbird's own log lines would repeat the path of each request, and tell of every step of a failed start.
    private var quiet: Logger {
        var logger = logger
        logger.logLevel = .critical
        return logger
    }

    private static let channel = HTTP1Channel.Configuration(
        idleTimeout: .seconds(60),
        httpDecoderConfiguration: .init(
            maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 64 << 10, maxHeaderFieldCount: 100))
}
