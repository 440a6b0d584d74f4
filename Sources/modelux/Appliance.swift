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
    private let load: @Sendable () throws -> Settings
    private let threshold: LogThreshold
    private let metrics = PrometheusRegistry()
    private let begun = ContinuousClock.now

    /// What a running appliance is known by.
    struct Running: Sendable {
        /// Where LLM traffic goes: `http://127.0.0.1:8080`.
        let proxyURL: String
        /// Where management and dashboard are.
        let adminURL: String
        /// Configuration, keys and people.
        let control: ControlStore
        /// Where records go, for sample traffic.
        let sink: LedgerSink
        /// The budgets' accounts.
        let budgets: BudgetBook
        /// What was recorded.
        let records: RecordSource
        /// Whether the data directory was empty.
        let isFirstRun: Bool
        fileprivate let management: AdminServer

        /// A link that signs the first owner in to the dashboard, once.
        func makeSignInLink() async throws -> String {
            let token = try await control.write(as: .local) { transaction in
                try transaction.setupTokens.create(for: try transaction.users.firstOwner()).token
            }
            return management.signInURL(token: token)
        }
    }

    /// Makes an appliance; logging and metrics of the whole process go its way from now on, so there is one a process.
    /// - Parameter load: puts the settings together; called now, and again at every SIGHUP.
    /// - Throws: what `load` throws.
    init(_ load: @escaping @Sendable () throws -> Settings) throws {
        let settings = try load()
        let threshold = LogThreshold(settings.log.level)
        self.settings = settings
        self.load = load
        self.threshold = threshold
        ProcessGuards.apply(allowsDumps: settings.log.level == .trace)
        LoggingSystem.bootstrap { LineLogHandler(label: $0, format: settings.log.format, threshold: threshold) }
        MetricsSystem.bootstrap(metrics)
        logger = Logger(label: "modelux")
    }

    /// Runs until a signal ends it, or a part fails.
    /// - Parameters:
    ///   - prepare: called once, when the listeners are open and before the appliance counts as ready.
    ///   - whenReady: called with what `prepare` gave, when it does.
    /// - Throws: `CommandFailure` when it cannot start or a part fails.
    func run<Prepared: Sendable>(
        prepare: @escaping @Sendable (Running) async throws -> Prepared,
        whenReady: @escaping @Sendable (Running, Prepared) async throws -> Void
    ) async throws {
        let directory = try DataDirectory(settings.dataDirectory)
        let isFirstRun = directory.isEmpty
        // The two slow things of a start, at once: replaying the journal, and reading 1,300 models.
        async let replayed = openPipeline(directory)
        let control = try open { try openControl(directory, loadCatalogue()) }
        step("configuration loaded")
        let pipeline = try await replayed
        step("journal replayed")

        let live = LiveSnapshot(control.snapshot)
        control.onChange { live.publish($0) }
        let sink = LedgerSink(
            pipeline: pipeline, feed: RecordFeed(), storesBodies: settings.records.payloadDays > 0,
            bodyRoom: BodyRoom(isThere: true))
        let readiness = Readiness()
        let records = RecordSource(dataDirectory: directory.path)
        let alerts = try makeAlerts(control, directory)
        let health = HealthBoard(onChange: alerts.tell)
        control.onChange { snapshot in health.keepOnly(Set(snapshot.providers.values.map(\.id))) }
        alerts.register(in: metrics)
        let budgets = try open {
            try BudgetParts(
                control: control, pipeline: pipeline, ledger: records.ledger, logger: logger)
        }
        step("budgets opened")
        let inference = try makeInference(live, sink, budgets.book, health, readiness)
        let figures = ApplianceFigures(pipeline: pipeline, server: inference.server, dataDirectory: directory.path)
        figures.register(in: metrics)
        let proxyURL = try await url(inference.listen(settings.proxy), isSecure: settings.proxy.tlsKey != nil)
        let adminURL = Mutex("")
        let management = makeManagement(
            control, records, sink.feed, budgets.keeper, alerts.desk, health, readiness, figures, directory
        ) {
            figures.systemStatus(proxyURL: proxyURL, adminURL: adminURL.withLock { $0 })
        }
        let start = StartService(server: management.server) { address in
            let running = Running(
                proxyURL: proxyURL, adminURL: url(address, isSecure: settings.admin.tlsKey != nil), control: control,
                sink: sink, budgets: budgets.book, records: records, isFirstRun: isFirstRun,
                management: management.server)
            adminURL.withLock { $0 = running.adminURL }
            let prepared = try await prepare(running)
            readiness.isReady = true
            tell(running, directory)
            try await whenReady(running, prepared)
        }
        // The last one ends first: streams drain while management still answers, and the journal closes at the end.
        let reload = ReloadService(settings: settings, load: load, threshold: threshold, logger: logger)
        let upkeep = UpkeepService(
            control: control,
            retention: Retention(dataDirectory: directory.path, limits: Retention.Limits(settings.records)),
            bodyRoom: sink.bodyRoom, clock: OperationClock.system().wall, logger: logger)
        try await serve([pipeline, alerts.service, budgets.service, upkeep, reload, management, start, inference])
        withExtendedLifetime(directory) {}
        logger.info("modelux has ended")
    }

    private func tell(_ running: Running, _ directory: DataDirectory) {
        logger.info(
            "modelux serves",
            metadata: [
                "version": "\(Version.number)", "proxy": "\(running.proxyURL)", "admin": "\(running.adminURL)",
                "data": "\(directory.path)", "start_ms": "\(milliseconds(since: begun))",
            ])
    }

    @concurrent
    private func openPipeline(_ directory: DataDirectory) async throws -> RecordPipeline {
        try open {
            try RecordPipeline(
                dataDirectory: directory.path, settings: PipelineSettings(settings), logger: logger)
        }
    }

    private func loadCatalogue() throws -> Catalogue {
        guard let file = EmbeddedResource.named("catalog.json") else {
            throw CommandFailure(.software, "the program holds no catalogue")
        }
        do throws(Failure) {
            return try CatalogueFile(json: file.bytes).catalogue
        } catch {
            throw CommandFailure(.software, error.message)
        }
    }

    /// Opens a file of the store, and says in one sentence why it cannot.
    private func open<Store>(_ body: () throws -> Store) throws -> Store {
        do {
            return try body()
        } catch let failure as StoreFailure {
            throw CommandFailure(failure)
        } catch {
            // A damaged page shows only when it is read, and then as the database's own error.
            let sentence = "\(error)".split(separator: "\n").joined(separator: " ")
            throw CommandFailure(
                .settings,
                "\(settings.dataDirectory): \(sentence); restore the newest backup, or name another directory")
        }
    }

    private func openControl(_ directory: DataDirectory, _ catalogue: Catalogue) throws -> ControlStore {
        try ControlStore(
            directory: directory.path, catalogue: catalogue,
            environment: EnvironmentProviders.read(ProcessInfo.processInfo.environment),
            timeouts: AttemptTimeouts(settings.upstream),
            clock: OperationClock.system().wall, logger: logger)
    }

    private func makeInference(
        _ snapshot: LiveSnapshot, _ sink: any RecordSink, _ budgets: BudgetBook, _ health: HealthBoard,
        _ readiness: Readiness
    ) throws -> InferenceService {
        let threads = settings.proxy.threads == 0 ? Cores.usable : settings.proxy.threads
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
                requestBodyBytes: settings.proxy.bodyLimit, answerBodyBytes: settings.upstream.bodyLimit,
                keptBodyBytes: settings.records.queueLimit),
            budgets: budgets, health: health, isReady: { readiness.isReady }, logger: logger)
        let server = HTTPServer(settings: HTTPServerSettings(settings.proxy), group: group, logger: logger) {
            await gateway.handle($0)
        }
        return InferenceService(server: server, upstream: upstream, group: group)
    }

    private func makeAlerts(_ control: ControlStore, _ directory: DataDirectory) throws -> AlertParts {
        let file = try open { try AlertFile(directory: directory.path, limits: AlertFile.Limits(settings.alerts)) }
        do {
            return try AlertParts(control: control, file: file, settings: settings, logger: logger)
        } catch {
            throw CommandFailure(.settings, "alerts.ca_file: \(error)")
        }
    }

    private func makeManagement(
        _ control: ControlStore, _ records: RecordSource, _ feed: RecordFeed, _ budgets: BudgetKeeper,
        _ alerts: AlertDesk, _ health: HealthBoard, _ readiness: Readiness, _ figures: ApplianceFigures,
        _ directory: DataDirectory,
        systemStatus: @escaping @Sendable () async -> [JSONTree.Member]
    ) -> ManagementService {
        // A socket that a killed process left behind; this one holds the directory's lock.
        unlink(directory.socket)
        let metrics = metrics
        let dependencies = AdminDependencies(
            store: control, records: records, feed: feed, alerts: alerts, budgets: budgets,
            metrics: { metrics.render() },
            notReady: { readiness.isReady ? figures.trouble : "starting" }, systemStatus: systemStatus,
            health: { health.view }, version: Version.number, clock: OperationClock.system().wall)
        let adminSettings = AdminSettings(
            settings.admin, socketPath: directory.socket, allowedHosts: settings.admin.hosts)
        // A thread of its own: management work must never stand before a request's bytes.
        let server = AdminServer(
            settings: adminSettings, dependencies: dependencies,
            eventLoopGroup: MultiThreadedEventLoopGroup(numberOfThreads: 1), logger: logger)
        return ManagementService(server: server, settings: adminSettings)
    }

    /// Runs the services; the last one ends first, so that what others need lives longest.
    private func serve(_ services: [any Service]) async throws {
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quietLogger))
        do {
            try await group.run()
        } catch let failure as CommandFailure {
            throw failure
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

    private func url(_ address: ListenAddress, isSecure: Bool) -> String {
        (isSecure ? "https://" : "http://") + address.description
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
