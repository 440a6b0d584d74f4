public import Logging
import ModeluxCore
public import ModeluxHTTP
import NIOCore

/// The hot path: one request in, one answer out, in eight steps.
public final class Gateway: Sendable {
    private let snapshot: LiveSnapshot
    private let clock: OperationClock
    private let read: Read
    private let route: Route
    private let admit: Admit
    private let attempt: Attempt
    private let relay: Relay
    private let settle: Settle
    private let metrics: GatewayMetrics
    private let isReady: @Sendable () -> Bool

    /// Joins the gateway with its surroundings.
    /// - Parameters:
    ///   - snapshot: the live configuration.
    ///   - sink: where money and records go.
    ///   - upstream: the client for providers.
    ///   - limits: the largest bodies.
    ///   - limiters: the windows of the keys.
    ///   - budgets: the accounts of the budgets.
    ///   - health: how providers are doing.
    ///   - clock: time and request ids.
    ///   - isReady: whether the appliance can serve, for `/readyz`.
    ///   - logger: for what operators must know; requests are in the records.
    public init(
        snapshot: LiveSnapshot, sink: any RecordSink, upstream: UpstreamClient, limits: GatewayLimits = GatewayLimits(),
        limiters: RateLimiters = RateLimiters(), budgets: BudgetBook = BudgetBook(),
        health: HealthBoard = HealthBoard(), clock: OperationClock = .system(),
        isReady: @escaping @Sendable () -> Bool = { true }, logger: Logger
    ) {
        self.snapshot = snapshot
        self.clock = clock
        self.isReady = isReady
        metrics = GatewayMetrics()
        read = Read(maximumBodyBytes: limits.requestBodyBytes, clock: clock)
        route = Route(health: health, budgets: budgets)
        admit = Admit(limiters: limiters, budgets: budgets, route: route, clock: clock)
        let thoughts = ThoughtStore()
        attempt = Attempt(
            upstream: upstream, sandbox: SandboxState(), gate: SpendingGate(sink: sink, budgets: budgets), clock: clock,
            thoughts: thoughts, health: health, cache: ResponseCache(limit: limits.cacheBytes),
            maximumAnswerBytes: limits.answerBodyBytes)
        let keptBodies = KeptBodies(limit: limits.keptBodyBytes)
        relay = Relay(clock: clock, keptBodies: keptBodies, thoughts: thoughts, health: health)
        settle = Settle(
            sink: sink, limiters: limiters, budgets: budgets, clock: clock, metrics: metrics, health: health,
            keptBodies: keptBodies, logger: logger)
    }

    /// Serves one request, whatever happens: every path ends in exactly one answer and, once the caller is known, in
    /// exactly one booked record, written before the answer's last byte.
    public func handle(_ exchange: ServerExchange) async {
        var operation = Operation(at: clock)
        do throws(Failure) {
            let endpoint = try Receive()(exchange.head)  // 1
            guard endpoint.needsCaller else { return answerHealth(endpoint, exchange) }
            let snapshot = snapshot.value
            let caller = try Identify()(  // 2
                exchange.head.headers, from: exchange.remoteAddress, in: snapshot, at: operation.record.createdAt)
            guard endpoint.isOperation else {
                return try answerModels(endpoint, caller: caller, in: snapshot, exchange)
            }
            operation.open(for: caller, endpoint: endpoint)
            operation.catalogue = snapshot.catalogue
            let inquiry = try await read(exchange, endpoint, for: caller, into: &operation)  // 3
            let planned = try route(inquiry, model: inquiry.model, for: caller, in: snapshot, &operation)  // 4
            let plan = try await admit(planned, inquiry, caller, in: snapshot, exchange, &operation)  // 5
            guard !inquiry.isDryRun else { return try await answerDryRun(exchange, &operation) }
            let answer = try await attempt(plan, inquiry, caller, exchange, &operation)  // 6
            let ending = await relay(answer, inquiry, to: exchange, &operation)  // 7
            try await settle(&operation)  // 8
            attempt.remember(ending, plan, operation)
            ending.send(to: exchange, operation)
        } catch {
            // Until the endpoint is known, the path alone tells in whose shape to refuse.
            if !operation.isAccountable { operation.record.surface = Surface(path: exchange.head.path) }
            await answerFailure(error, exchange, &operation)
        }
    }

    private func answerFailure(_ failure: Failure, _ exchange: ServerExchange, _ operation: inout Operation) async {
        operation.fail(failure)
        PlanRun.explain(&operation)
        var shown = failure
        if operation.isAccountable {
            do throws(Failure) {
                try await settle(&operation)
            } catch {
                shown = error
            }
        } else {
            metrics.refused(failure.kind)
        }
        Ending.failure(shown).send(to: exchange, operation)
    }

    private func answerHealth(_ endpoint: Endpoint, _ exchange: ServerExchange) {
        let isUp = endpoint == .health || isReady()
        var headers = HeaderBlock()
        headers.add("content-type", "text/plain")
        exchange.respond(
            ResponseHead(status: isUp ? 200 : 503, headers: headers),
            body: ByteBuffer(string: isUp ? "ok\n" : "starting\n"))
    }

    private func answerModels(
        _ endpoint: Endpoint, caller: Caller, in snapshot: Snapshot, _ exchange: ServerExchange
    ) throws(Failure) {
        // Below the alias `/v1/` the path does not tell whose list is wanted; Anthropic's SDK always sends its version.
        let isAnthropic = endpoint.surface == .anthropic || exchange.head.headers.contains("anthropic-version")
        let body = try ModelList.answer(
            to: endpoint, as: isAnthropic ? .anthropic : .openai, for: caller, in: snapshot)
        var headers = HeaderBlock()
        headers.add("content-type", "application/json")
        exchange.respond(ResponseHead(status: 200, headers: headers), body: ByteBuffer(string: body))
    }

    private func answerDryRun(_ exchange: ServerExchange, _ operation: inout Operation) async throws(Failure) {
        operation.record.status = 200
        if operation.record.trace?.decision.isEmpty == true {
            operation.record.trace?.decision = "dry run: no provider was called"
        }
        try await settle(&operation)
        Ending.dryRun.send(to: exchange, operation)
    }
}
