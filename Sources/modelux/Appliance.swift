import FoundationEssentials
import Glibc
import Logging
import Metrics
import ModeluxAdmin
import ModeluxCore
import ModeluxGateway
import ModeluxHTTP
import ModeluxStore
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
import UnixSignals

/// The composition root: the one place that knows every part and joins them.
///
/// Order at the start: lock the data, migrate, replay the journal, load the catalogue, open the listeners. Order at the
/// end: the inference listener drains, then the management listener, then the journal. Nothing slow may stand before
/// the listeners: a start takes a fraction of a second, whatever lies in the data directory.
struct Appliance {
    let settings: Settings
    let logger: Logger
    private let metrics = PrometheusRegistry()
    private let begun = ContinuousClock.now

    /// What a running appliance is known by.
    struct Running {
        /// Where LLM traffic goes: `http://127.0.0.1:8080`.
        let proxyURL: String
        /// Where management and dashboard are.
        let adminURL: String
        /// Configuration, keys and people.
        let control: ControlStore
        /// Where records go, for sample traffic.
        let sink: any RecordSink

        /// A link that signs in to the dashboard once.
        func signInLink() async throws -> String {
            adminURL
        }

        /// Whether nothing was ever recorded.
        func hasNoRecords() async throws -> Bool {
            true
        }
    }

    /// Makes an appliance; logging and metrics of the whole process go its way from now on, so there is one a process.
    init(settings: Settings) {
        self.settings = settings
        LoggingSystem.bootstrap { [settings] label in LineLogHandler(label: label, settings: settings.log) }
        MetricsSystem.bootstrap(metrics)
        logger = Logger(label: "modelux")
    }

    /// Runs until a signal ends it, or a part fails.
    /// - Parameter whenReady: called once, as soon as requests are answered.
    /// - Throws: `CommandFailure` when it cannot start or a part fails.
    func run(whenReady: (Running) async throws -> Void) async throws {
        let directory = try DataDirectory(settings.dataDirectory)
        let catalogue = try loadCatalogue()
        let control = try openControl(directory, catalogue)
        step("configuration loaded")

        let live = LiveSnapshot(control.snapshot)
        control.onChange { live.publish($0) }
        let sink = NowhereSink()
        step("journal replayed")

        let readiness = Readiness()
        let inference = try makeInference(live, sink, readiness)
        let proxyAddress = try await listen(settings.proxy.address) { try await inference.server.start() }
        step("listening")

        describeProcess(inference.server)
        readiness.isReady = true
        let running = Running(
            proxyURL: url(proxyAddress, isSecure: settings.proxy.tlsCertificate != nil), adminURL: "",
            control: control, sink: sink)
        logger.info(
            "modelux serves",
            metadata: [
                "version": "\(Version.number)", "proxy": "\(running.proxyURL)", "admin": "\(running.adminURL)",
                "data": "\(directory.path)", "start_ms": "\(milliseconds(since: begun))",
            ])
        try await whenReady(running)
        try await serve([inference])
        withExtendedLifetime(directory) {}
        logger.info("modelux has ended")
    }

    private func loadCatalogue() throws -> Catalogue {
        .empty
    }

    private func openControl(_ directory: DataDirectory, _ catalogue: Catalogue) throws -> ControlStore {
        do {
            return try ControlStore(
                directory: directory.path, catalogue: catalogue,
                environment: EnvironmentProviders.read(ProcessInfo.processInfo.environment),
                clock: OperationClock.system().wall, logger: logger)
        } catch let failure as StoreFailure {
            throw CommandFailure(failure)
        }
    }

    private func makeInference(
        _ snapshot: LiveSnapshot, _ sink: any RecordSink, _ readiness: Readiness
    ) throws -> InferenceService {
        let threads = settings.proxy.threads == 0 ? NIOCore.System.coreCount : settings.proxy.threads
        let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
        let upstream: UpstreamClient
        do {
            upstream = try UpstreamClient(settings: UpstreamSettings(settings.upstream), group: group, logger: logger)
        } catch {
            throw CommandFailure(.settings, "upstream.ca_file: \(error)")
        }
        let gateway = Gateway(
            snapshot: snapshot, sink: sink, upstream: upstream,
            limits: GatewayLimits(
                requestBodyBytes: settings.proxy.bodyLimit, answerBodyBytes: settings.upstream.bodyLimit),
            isReady: { readiness.isReady }, logger: logger)
        let server = HTTPServer(settings: HTTPServerSettings(settings.proxy), group: group, logger: logger) {
            await gateway.handle($0)
        }
        return InferenceService(server: server, upstream: upstream, group: group)
    }

    /// Runs the services; the last one ends first, so that what others need lives longest.
    private func serve(_ services: [any Service]) async throws {
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quietLogger))
        do {
            try await group.run()
        } catch {
            throw CommandFailure(.software, "a part of the program failed: \(error)")
        }
    }

    /// ServiceLifecycle tells every step at `debug` and above; what an operator needs is said here.
    private var quietLogger: Logger {
        var logger = Logger(label: "lifecycle")
        logger.logLevel = max(settings.log.level == .trace ? .trace : .warning, logger.logLevel)
        return logger
    }

    /// Starts to listen, and says in one sentence why it cannot.
    private func listen(
        _ address: ListenAddress, _ start: () async throws -> ListeningAddress
    ) async throws -> ListeningAddress {
        do {
            return try await start()
        } catch {
            throw CommandFailure(.system, "cannot listen at \(address): \(error)")
        }
    }

    private func url(_ address: ListeningAddress, isSecure: Bool) -> String {
        (isSecure ? "https://" : "http://") + ListenAddress(host: address.host, port: address.port).description
    }

    /// What the process itself can tell, read when somebody asks.
    private func describeProcess(_ server: HTTPServer) {
        metrics.read("modelux_open_connections") { Int64(server.openConnections) }
        metrics.read("modelux_resident_memory_bytes") { ProcessFigures.residentBytes }
        metrics.read("modelux_open_file_descriptors") { ProcessFigures.openFiles }
        let started = Int64(time(nil))
        metrics.read("modelux_start_time_seconds") { started }
    }

    private func step(_ what: String) {
        logger.debug("start-up", metadata: ["step": "\(what)", "ms": "\(milliseconds(since: begun))"])
    }
}

/// Whether the appliance answers requests; read by `/readyz`, set once.
final class Readiness: Sendable {
    private let flag = Atomic<Bool>(false)

    var isReady: Bool {
        get { flag.load(ordering: .acquiring) }
        set { flag.store(newValue, ordering: .releasing) }
    }
}

/// Whole milliseconds since a moment.
func milliseconds(since moment: ContinuousClock.Instant) -> Int64 {
    let (seconds, attoseconds) = (ContinuousClock.now - moment).components
    return seconds * 1000 + attoseconds / 1_000_000_000_000_000
}
