import ModeluxCore
import ModeluxHTTP
import ModeluxStore
import NIOCore
import NIOPosix
import ServiceLifecycle

/// The inference listener's life: it is open already when it runs, and drains when the process is told to end.
struct InferenceService: Service {
    let server: HTTPServer
    let upstream: UpstreamClient
    let group: MultiThreadedEventLoopGroup

    /// Opens the listener.
    /// - Throws: `CommandFailure` that says in one sentence why it cannot.
    func listen(_ settings: Settings.Proxy) async throws -> ListenAddress {
        do {
            let address = try await server.start()
            return ListenAddress(host: address.host, port: address.port)
        } catch {
            throw CommandFailure(listening: settings.address, section: "proxy", error)
        }
    }

    func run() async throws {
        try? await gracefulShutdown()
        await server.shutdownGracefully()
        await upstream.shutdown()
        try await group.shutdownGracefully()
    }
}

extension HTTPServerSettings {
    /// What the operator's settings mean for the listener.
    init(_ settings: Settings.Proxy) {
        var tls: TLSFiles?
        if let certificate = settings.tlsCertificate, let key = settings.tlsKey {
            tls = TLSFiles(certificatePath: certificate, privateKeyPath: key)
        }
        self.init(host: settings.address.host, port: settings.address.port, tls: tls)
        headTimeout = settings.headTimeout
        bodyMinimumBytesPerSecond = settings.bodyRate
        bodyWindow = settings.bodyTimeout
        keepAliveIdle = settings.idleTimeout
        writeIdle = settings.writeTimeout
        maximumHeadBytes = settings.headLimit
        maximumHeaderCount = settings.headerLimit
        maximumConnections = settings.connectionLimit
        maximumBufferedBodyBytes = settings.bufferLimit
        drainLimit = settings.drainTimeout
    }
}

extension UpstreamSettings {
    /// What the operator's settings mean for the client.
    init(_ settings: Settings.Upstream) {
        self.init()
        maximumConnectionsPerOrigin = settings.connectionLimit
        keepAliveIdle = settings.idleTimeout
        additionalRootsPath = settings.caFile
    }
}

extension AttemptTimeouts {
    /// What the operator's settings mean for attempts.
    init(_ settings: Settings.Upstream) {
        self.init(
            connect: settings.connectTimeout, firstByte: settings.firstByteTimeout, idle: settings.readTimeout,
            total: settings.totalTimeout)
    }
}

extension PipelineSettings {
    /// What the operator's settings mean for journal and body queue.
    init(_ settings: Settings) {
        self.init(
            journal: JournalSettings(
                durability: settings.ledger.durability == .power ? .power : .process,
                segmentBytes: settings.ledger.segmentSize, maximumBytes: settings.ledger.journalLimit),
            bodies: BodyQueue.Limits(
                queueBytes: settings.records.queueLimit, bodyBytes: settings.records.bodyLimit))
    }
}
