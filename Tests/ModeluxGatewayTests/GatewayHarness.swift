import Logging
import ModeluxCore
import ModeluxGateway
import ModeluxHTTP
import ModeluxTestSupport
import NIOCore
import NIOPosix

/// A gateway behind a real listener, with one project, one key and collected records.
struct GatewayHarness {
    static let secret = "mlx_sk_testtesttesttesttesttesttesttesttesttesttes"

    let records = CollectedRecords()
    let book: BudgetBook
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let client: UpstreamClient
    let server: HTTPServer
    let address: ListeningAddress

    /// Starts a gateway that knows `providers`; the config `default` answers from `target`.
    init(
        providers: [Provider] = [], target: String = "sandbox/echo", settings: ProjectSettings = ProjectSettings(),
        key change: (APIKey) -> APIKey = { $0 }, limits: GatewayLimits = GatewayLimits(),
        options: RoutingConfig.Options = RoutingConfig.Options(), budgets: [Budget] = [],
        configs: [RoutingConfig] = [], policies: [String: Policy] = [:], health: HealthBoard = HealthBoard(),
        tell: @escaping @Sendable ([BudgetNotice]) -> Void = { _ in }
    ) async throws {
        book = BudgetBook(tell: tell)
        let now = OperationClock.system().wall()
        book.configure(budgets, at: now)
        if let tally = book.beginOpening(at: now) { book.finishOpening(tally) }
        let snapshot = Snapshot(
            version: 1, keys: [change(Fixture.key(GatewayHarness.secret))],
            projects: [Project(id: Fixture.projectID, slug: "default", name: "Default", settings: settings)],
            providers: providers,
            configs: [
                RoutingConfig(
                    id: Identifier("cfg_test"), projectID: Fixture.projectID, slug: "default", version: 3,
                    policy: .single(Target(model: target)), options: options)
            ] + configs
                + policies.map { slug, policy in
                    RoutingConfig(
                        id: Identifier("cfg_" + slug), projectID: Fixture.projectID, slug: slug, version: 1,
                        policy: policy, options: options)
                }, catalogue: Fixture.catalogue)
        let logger = Logger(label: "gateway-tests")
        client = try UpstreamClient(settings: UpstreamSettings(), group: group, logger: logger)
        let gateway = Gateway(
            snapshot: LiveSnapshot(snapshot), sink: CollectingSink(records: records), upstream: client, limits: limits,
            budgets: book, health: health, logger: logger)
        server = HTTPServer(settings: HTTPServerSettings(port: 0), group: group, logger: logger) { exchange in
            await gateway.handle(exchange)
        }
        address = try await server.start()
    }

    /// Stops everything.
    func stop() async {
        await server.shutdownGracefully()
        await client.shutdown()
    }

    /// What came back.
    struct Reply {
        let status: Int
        let headers: HeaderBlock
        let body: String
        /// Whether the answer ended as its framing says.
        let isWhole: Bool
    }

    /// Sends one request and takes the whole answer.
    func send(
        _ method: String = "POST", _ path: String = "/v1/chat/completions", _ body: String = "",
        key: String? = GatewayHarness.secret, headers: [(String, String)] = []
    ) async throws -> Reply {
        var fields = HeaderBlock()
        if let key { fields.add("authorization", "Bearer " + key) }
        if method == "POST", !headers.contains(where: { $0.0 == "content-type" }) {
            fields.add("content-type", "application/json")
        }
        for (name, value) in headers { fields.add(name, value) }
        let request = UpstreamRequest(
            origin: Origin(isSecure: false, host: "127.0.0.1", port: address.port), method: method, target: path,
            headers: fields, body: ByteBuffer(string: body))
        let loop = group.next()
        let client = client
        return try await Task(executorPreference: EventLoopTaskExecutor(eventLoop: loop)) {
            let call = client.makeCall(on: loop)
            let head = try await call.send(request, timeouts: Timeouts())
            var received = ByteBuffer()
            var isWhole = true
            do {
                while var piece = try await call.next() { received.writeBuffer(&piece) }
            } catch {
                isWhole = false
            }
            return Reply(
                status: head.status, headers: head.headers, body: String(buffer: received), isWhole: isWhole)
        }.value
    }
}

/// The sink of the tests.
struct CollectingSink: RecordSink {
    let records: CollectedRecords

    func begin(_ intent: LedgerIntent) throws(Failure) {
        guard !records.refusesWrites else { throw Failure(.overloaded, "the journal is full", retryAfterSeconds: 1) }
        records.append(.intent(intent))
    }

    func settle(_ record: RequestRecord, bodies: RecordBodies?) async throws(Failure) {
        guard !records.refusesWrites else { throw Failure(.overloaded, "the journal is full", retryAfterSeconds: 1) }
        records.append(.record(record, bodies))
    }
}
