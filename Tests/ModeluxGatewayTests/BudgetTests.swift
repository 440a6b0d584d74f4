import ModeluxCore
import ModeluxGateway
import ModeluxHTTP
import ModeluxTestSupport
import NIOCore
import NIOPosix
import Synchronization
import Testing

/// Caps over a real socket: what is spent, what is held, and what callers are told.
@Suite struct BudgetTests {
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    private static func budget(
        _ name: String = "cap", _ scope: BudgetScope = .organization, cap: Int64, action: Budget.Action = .block,
        to downgrade: String? = nil
    ) -> Budget {
        Budget(
            id: Identifier("bud_" + name), name: name, scope: scope, cap: Money(nanoUSD: cap), action: action,
            downgradeTo: downgrade)
    }

    /// 5 input tokens at $1 and 20 output tokens at $2 per million.
    private static let price: Int64 = 45_000
    private static func question(stream: Bool = false, tokens: Int = 20, model: String = "sandbox/lorem") -> String {
        #"{"model":"\#(model)","stream":\#(stream),"max_tokens":\#(tokens),"messages":[{"role":"user","content":"go"}]}"#
    }

    private func account(_ gateway: GatewayHarness, _ name: String = "cap") throws -> (spend: Int64, held: Int64) {
        let now = OperationClock.system().wall()
        let accounts = try #require(gateway.book.accounts(of: Identifier("bud_" + name), at: now)).accounts
        return (
            accounts.reduce(0) { $0 + $1.account.spend.nanoUSD }, accounts.reduce(0) { $0 + $1.account.held.nanoUSD }
        )
    }

    /// Waits for the operations under way, whose callers may have gone already.
    private func quiet(_ gateway: GatewayHarness) async throws {
        while gateway.book.operationCount > 0 { await Task.yield() }
    }

    @Test func `a cap for exactly 30 admits exactly 30 of 120 concurrent requests, streams and not`() async throws {
        let gateway = try await GatewayHarness(budgets: [Self.budget(cap: 30 * Self.price)])
        let replies = try await withThrowingTaskGroup(of: GatewayHarness.Reply.self) { tasks in
            for number in 0..<120 {
                tasks.addTask { try await gateway.send(body: Self.question(stream: number % 3 == 0)) }
            }
            return try await tasks.reduce(into: []) { $0.append($1) }
        }
        #expect(replies.count { $0.status == 200 } == 30)
        #expect(replies.count { $0.status == 402 } == 90)
        #expect(try account(gateway) == (30 * Self.price, 0))
        #expect(gateway.records.records.reduce(Money.zero) { $0 + $1.cost.total } == Money(nanoUSD: 30 * Self.price))
        await gateway.stop()
    }

    @Test func `a refusal reads exactly as it must, on both surfaces`() async throws {
        let gateway = try await GatewayHarness(budgets: [Self.budget("team-ml", cap: 3_000_000)])
        for _ in 0..<66 { _ = try await gateway.send(body: Self.question()) }
        let refused = try await gateway.send(body: Self.question())
        let reset = try #require(refused.headers.first("x-modelux-budget-reset"))
        #expect(refused.status == 402)
        #expect(
            refused.body
                == #"{"error":{"type":"budget_exceeded","message":"budget \"team-ml\" exceeded ($0.00 / $0.00)","#
                + #""code":402,"budget":{"name":"team-ml","spend_usd":0.00297,"cap_usd":0.003,"period":"daily","#
                + #""period_resets_at":"\#(reset)"}}}"#)
        #expect(refused.headers.first("x-modelux-budget-name") == "team-ml")
        #expect(refused.headers.first("x-modelux-budget-remaining") == "0.0000")
        #expect(refused.headers.first("x-modelux-budget-action") == "block")
        let seconds = try #require(refused.headers.first("retry-after").flatMap { Int($0) })
        #expect((1...86_400).contains(seconds))
        let other = try await gateway.send(
            "POST", "/v1/messages",
            #"{"model":"sandbox/lorem","max_tokens":20,"messages":[{"role":"user","content":"go"}]}"#)
        #expect(other.status == 402)
        #expect(
            other.body.hasPrefix(#"{"type":"error","error":{"type":"budget_exceeded","message":"budget \"team-ml\""#))
        #expect(other.body.contains(#""budget":{"name":"team-ml","spend_usd":0.00297,"#))
        #expect(other.headers.first("x-modelux-budget-name") == "team-ml")
        let record = try #require(gateway.records.records.last)
        #expect(record.status == 402 && record.errorCode == "budget_exceeded")
        #expect(record.trace?.budgets.first?.isEnforced == true)
        await gateway.stop()
    }

    @Test func `answers tell where the budget stands, streams before their first byte`() async throws {
        let gateway = try await GatewayHarness(budgets: [Self.budget(cap: 1_000_000_000)])
        let whole = try await gateway.send(body: Self.question())
        #expect(whole.headers.first("x-modelux-budget-name") == "cap")
        #expect(whole.headers.first("x-modelux-budget-remaining") == "0.9999")
        #expect(whole.headers.first("x-modelux-budget-action") == "block")
        #expect(whole.headers.first("x-modelux-budget-reset") == nil)
        let stream = try await gateway.send(body: Self.question(stream: true))
        #expect(stream.status == 200 && stream.headers.first("x-modelux-budget-remaining") == "0.9999")
        #expect(gateway.records.records.first?.trace?.budgets.map(\.name) == ["cap"])
        #expect(gateway.records.intents.first?.hold == Money(nanoUSD: Self.price))
        await gateway.stop()
    }

    @Test func `an upstream error gives the hold back`() async throws {
        let provider = try await FakeProvider(on: group) { number, _ in
            number == 0 ? .whole(500, #"{"error":{"message":"no"}}"#) : .events(Fixture.events, isCut: number == 1)
        }
        let gateway = try await GatewayHarness(
            providers: [Fixture.openAI(at: provider.baseURL)], budgets: [Self.budget(cap: 1_000_000_000)])
        for isStream in [false, true, true] {
            _ = try await gateway.send(
                body:
                    #"{"model":"openai/gpt-4o-mini","stream":\#(isStream),"messages":[{"role":"user","content":"hi"}]}"#
            )
        }
        try await quiet(gateway)
        let spent = gateway.records.records.reduce(Money.zero) { $0 + $1.cost.total }
        #expect(spent > .zero)
        #expect(try account(gateway) == (spent.nanoUSD, 0))
        await gateway.stop()
        await provider.stop()
    }

    @Test func `a client that leaves pays for what was observed, and holds nothing`() async throws {
        let provider = try await FakeProvider(on: group) { _, _ in .silence }
        let gateway = try await GatewayHarness(
            providers: [Fixture.openAI(at: provider.baseURL)], budgets: [Self.budget(cap: 1_000_000_000)])
        let caller = try await gateway.ask(Fixture.question)
        while provider.requests.isEmpty { await Task.yield() }
        #expect(try account(gateway).held > 0)
        try await caller.leave()
        try await quiet(gateway)
        let record = try #require(gateway.records.records.first)
        #expect(record.status == 499)
        #expect(try account(gateway) == (record.cost.total.nanoUSD, 0))
        await gateway.stop()
        await provider.stop()
    }

    @Test func `what could not be booked stays held`() async throws {
        let provider = try await FakeProvider(on: group) { _, _ in .whole(200, Fixture.answer) }
        let gateway = try await GatewayHarness(
            providers: [Fixture.openAI(at: provider.baseURL)], budgets: [Self.budget(cap: 1_000_000_000)])
        gateway.records.fill()
        #expect(try await gateway.send(body: Self.question()).status == 503)
        #expect(try account(gateway) == (0, 0), "the intent was refused: nothing was begun")
        await gateway.stop()
        await provider.stop()
    }

    @Test func `a used-up budget sends requests elsewhere, and says so`() async throws {
        let cheap = RoutingConfig(
            id: Identifier("cfg_cheap"), projectID: Fixture.projectID, slug: "cheap", version: 1,
            policy: .single(Target(model: "sandbox/echo")))
        let gateway = try await GatewayHarness(
            budgets: [Self.budget(cap: 50_000, action: .downgrade, to: "@cheap")], configs: [cheap])
        let first = try await gateway.send(body: Self.question())
        #expect(first.headers.first("x-modelux-model-used") == "lorem")
        #expect(first.headers.first("x-modelux-budget-reset") == nil)
        let second = try await gateway.send(body: Self.question())
        #expect(second.status == 200)
        #expect(second.headers.first("x-modelux-model-used") == "echo")
        #expect(second.headers.first("x-modelux-budget-action") == "downgrade")
        #expect(second.headers.first("x-modelux-budget-reset") != nil)
        let record = try #require(gateway.records.records.last)
        #expect(record.config?.slug == "cheap")
        #expect(record.trace?.budgets.first?.isEnforced == true)
        #expect(record.trace?.reason == #"budget "cap" is used up: sent to @cheap"#)
        await gateway.stop()
    }

    @Test func `a warning passes, tells once, and says so`() async throws {
        let told = Mutex<[BudgetNotice]>([])
        let gateway = try await GatewayHarness(
            budgets: [Self.budget(cap: 50_000, action: .warnOnly)], tell: { notices in told.withLock { $0 += notices } }
        )
        for _ in 0..<3 { #expect(try await gateway.send(body: Self.question()).status == 200) }
        let last = try await gateway.send(body: Self.question())
        #expect(last.headers.first("x-modelux-budget-action") == "warn_only")
        #expect(last.headers.first("x-modelux-budget-reset") != nil)
        #expect(told.withLock { $0.map { $0.threshold?.text ?? "cap" } } == ["0.5", "0.8", "cap", "1"])
        await gateway.stop()
    }

    @Test func `a model without a price is refused where a cap in dollars applies`() async throws {
        let provider = try await FakeProvider(on: group) { _, _ in .whole(200, Fixture.answer) }
        let body = #"{"model":"openai/gpt-unheard-of","messages":[{"role":"user","content":"hi"}]}"#
        let capped = try await GatewayHarness(
            providers: [Fixture.openAI(at: provider.baseURL)], budgets: [Self.budget(cap: 1_000_000_000)])
        let refused = try await capped.send(body: body)
        #expect(refused.status == 403 && refused.body.contains("has no price"))
        #expect(provider.requests.isEmpty)
        await capped.stop()
        let warned = try await GatewayHarness(
            providers: [Fixture.openAI(at: provider.baseURL)],
            budgets: [Self.budget(cap: 1_000_000_000, action: .warnOnly)])
        #expect(try await warned.send(body: body).status == 200)
        await warned.stop()
        await provider.stop()
    }

    @Test func `tags, users and keys are held apart`() async throws {
        let gateway = try await GatewayHarness(budgets: [
            Self.budget("tag", BudgetScope(.tag, tagKey: "run", subject: "x"), cap: Self.price),
            Self.budget("key", BudgetScope(.key, subject: "key_test"), cap: 3 * Self.price),
        ])
        let tagged = [("x-modelux-user-tags", "run=x")]
        #expect(try await gateway.send(body: Self.question(), headers: tagged).status == 200)
        #expect(try await gateway.send(body: Self.question(), headers: tagged).status == 402)
        #expect(try await gateway.send(body: Self.question()).status == 200)
        #expect(try account(gateway, "tag") == (Self.price, 0))
        #expect(try account(gateway, "key") == (2 * Self.price, 0))
        await gateway.stop()
    }

    @Test func `a dry run shows the budgets and holds nothing`() async throws {
        let gateway = try await GatewayHarness(budgets: [Self.budget(cap: 10)])
        let reply = try await gateway.send("POST", "/v1/dry-run", Self.question())
        #expect(reply.status == 200)
        #expect(reply.body.contains(#""budgets":[{"name":"cap","subject":null,"action":"block","enforced":true,"#))
        #expect(gateway.book.operationCount == 0)
        await gateway.stop()
    }

    @Test func `no hold is left, whatever the endpoint`() async throws {
        let gateway = try await GatewayHarness(budgets: [Self.budget(cap: 1_000_000_000)])
        for (path, body) in [
            ("/v1/chat/completions", Self.question()), ("/v1/chat/completions", "{"),
            ("/v1/embeddings", #"{"model":"sandbox/embed","input":"a b c"}"#), ("/v1/models", ""),
            ("/v1/messages", #"{"model":"sandbox/echo","max_tokens":5,"messages":[{"role":"user","content":"a"}]}"#),
            ("/v1/messages/count_tokens", #"{"model":"sandbox/echo","messages":[{"role":"user","content":"a"}]}"#),
        ] {
            _ = try await gateway.send(body.isEmpty ? "GET" : "POST", path, body)
        }
        let spent = gateway.records.records.reduce(Money.zero) { $0 + $1.cost.total }
        #expect(spent > .zero)
        #expect(try account(gateway) == (spent.nanoUSD, 0))
        #expect(gateway.book.operationCount == 0)
        await gateway.stop()
    }
}

/// A key's limits over a real socket.
@Suite struct KeyLimitTests {
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    private static func key(tokens: Int = 0, concurrent: Int = 0) -> @Sendable (APIKey) -> APIKey {
        { key in
            APIKey(
                id: key.id, projectID: key.projectID, name: key.name, digest: key.digest, display: key.display,
                createdAt: key.createdAt, requestsPerMinute: 0, tokensPerMinute: tokens,
                concurrentRequests: concurrent)
        }
    }

    @Test func `tokens per minute are counted as used, and told`() async throws {
        let gateway = try await GatewayHarness(key: Self.key(tokens: 100))
        let body = #"{"model":"sandbox/lorem","max_tokens":40,"messages":[{"role":"user","content":"go"}]}"#
        let first = try await gateway.send(body: body)
        #expect(first.status == 200)
        #expect(first.headers.first("x-ratelimit-limit-tokens") == "100")
        #expect(first.headers.first("x-ratelimit-remaining-tokens") != nil)
        #expect(try await gateway.send(body: body).status == 200)
        let third = try await gateway.send(body: body)
        #expect(third.status == 429)
        #expect(third.body.contains("100 tokens per minute"))
        #expect(third.headers.first("retry-after") != nil)
        #expect(third.headers.first("x-ratelimit-reset-tokens") != nil)
        await gateway.stop()
    }

    @Test func `requests at the same time are bounded, and the place is given back`() async throws {
        let provider = try await FakeProvider(on: group) { number, _ in
            number == 0 ? .silence : .whole(200, Fixture.answer)
        }
        let gateway = try await GatewayHarness(
            providers: [Fixture.openAI(at: provider.baseURL)], key: Self.key(concurrent: 1))
        let caller = try await gateway.ask(Fixture.question)
        while provider.requests.isEmpty { await Task.yield() }
        let second = try await gateway.send(body: Fixture.question)
        #expect(second.status == 429 && second.body.contains("1 requests at the same time"))
        try await caller.leave()
        while gateway.book.operationCount > 0 { await Task.yield() }
        #expect(try await gateway.send(body: Fixture.question).status == 200)
        await gateway.stop()
        await provider.stop()
    }
}

/// A caller that does not wait for its answer.
private struct ImpatientCaller {
    let loop: any EventLoop
    let call: UpstreamCall
    let task: Task<Void, Never>

    func leave() async throws {
        try await loop.submit { call.cancel() }.get()
        await task.value
    }
}

extension GatewayHarness {
    fileprivate func send(body: String, headers: [(String, String)] = []) async throws -> Reply {
        try await send("POST", "/v1/chat/completions", body, headers: headers)
    }

    /// Sends a request and goes on.
    fileprivate func ask(_ body: String) async throws -> ImpatientCaller {
        var headers = HeaderBlock()
        headers.add("authorization", "Bearer " + GatewayHarness.secret)
        headers.add("content-type", "application/json")
        let request = UpstreamRequest(
            origin: Origin(isSecure: false, host: "127.0.0.1", port: address.port), method: "POST",
            target: "/v1/chat/completions", headers: headers, body: ByteBuffer(string: body))
        let (loop, client) = (group.next(), client)
        let call = try await loop.submit { client.makeCall(on: loop) }.get()
        let task = Task(executorPreference: EventLoopTaskExecutor(eventLoop: loop)) {
            _ = try? await call.send(request, timeouts: Timeouts())
        }
        return ImpatientCaller(loop: loop, call: call, task: task)
    }
}
