import ModeluxCore
import ModeluxHTTP

/// Step 5: the key's limits, then the budgets. What a request may cost at most is held before anything is sent; a
/// downgrade replaces the plan here.
struct Admit {
    let limiters: RateLimiters
    let budgets: BudgetBook
    let route: Route
    let clock: OperationClock

    /// How long a request waits for room that what is under way holds, and may not need.
    private static let longestWait: UInt64 = 5_000_000_000

    /// Admits a request.
    /// - Returns: The plan to follow.
    /// - Throws: `Failure` of kind `rateLimited`, `budgetExceeded` or `modelNotAllowed`, and what planning anew throws.
    func callAsFunction(
        _ plan: Plan, _ inquiry: Inquiry, _ caller: Caller, in snapshot: Snapshot, _ exchange: ServerExchange,
        _ operation: inout Operation
    ) async throws(Failure) -> Plan {
        try admitRate(inquiry, caller.key, &operation)
        guard !inquiry.isDryRun else {
            let subjects = BudgetSubjects(operation.record)
            note(
                budgets.standings(
                    for: subjects, demand: plan.demand(inquiry.worstCase), at: operation.record.createdAt), &operation)
            return plan
        }
        guard inquiry.endpoint.spends else { return plan }
        return try await admitCost(plan, inquiry, caller, in: snapshot, exchange, &operation)
    }

    // MARK: Rates

    private func admitRate(_ inquiry: Inquiry, _ key: APIKey, _ operation: inout Operation) throws(Failure) {
        let tokens = inquiry.isDryRun ? 0 : Int(clamping: inquiry.probableTokens)
        switch limiters.admit(key, tokens: tokens, now: clock.monotonic()) {
        case nil: return
        case .admitted(let share, let requests, let tokens):
            operation.hold.share = share
            operation.hold.rates = RateStanding(
                requestLimit: key.requestsPerMinute, requests: requests, tokenLimit: key.tokensPerMinute,
                tokens: tokens)
        case .tooManyRequests(let verdict):
            operation.hold.rates = RateStanding(
                requestLimit: key.requestsPerMinute, requests: verdict, tokenLimit: 0, tokens: nil)
            throw Admit.refusal(key, "\(key.requestsPerMinute) requests per minute", verdict)
        case .tooManyTokens(let verdict):
            operation.hold.rates = RateStanding(
                requestLimit: 0, requests: nil, tokenLimit: key.tokensPerMinute, tokens: verdict)
            throw Admit.refusal(key, "\(key.tokensPerMinute) tokens per minute", verdict)
        case .tooManyAtOnce:
            throw Failure(
                .rateLimited,
                "rate limit reached for key \(key.display): \(key.concurrentRequests) requests at the same time; "
                    + "retry when one has ended",
                retryAfterSeconds: 1)
        }
    }

    private static func refusal(_ key: APIKey, _ limit: String, _ verdict: RateWindow.Verdict) -> Failure {
        let seconds = Int(clamping: verdict.resetNanoseconds / 1_000_000_000) + 1
        return Failure(
            .rateLimited, "rate limit reached for key \(key.display): \(limit); retry in \(seconds) s",
            retryAfterSeconds: seconds)
    }

    // MARK: Cost

    private func admitCost(
        _ planned: Plan, _ inquiry: Inquiry, _ caller: Caller, in snapshot: Snapshot, _ exchange: ServerExchange,
        _ operation: inout Operation
    ) async throws(Failure) -> Plan {
        var plan = planned
        var mayDowngrade = true
        let began = clock.monotonic()
        var pause = Duration.milliseconds(2)
        while true {
            let demand = plan.demand(inquiry.worstCase)
            let verdict = budgets.reserve(
                operation.record.requestID, for: BudgetSubjects(operation.record), demand: demand,
                at: operation.record.createdAt, mayDowngrade: mayDowngrade)
            note(verdict.standings, &operation)
            switch verdict.outcome {
            case .admitted:
                operation.hold.demand = demand
                return plan
            case .downgrade(let standing):
                mayDowngrade = false
                plan = try downgraded(plan, by: standing, inquiry, caller, in: snapshot, &operation)
            case .blocked(let standing, let mayClear):
                let waited = clock.monotonic() &- began
                guard mayClear, waited < Admit.longestWait, !exchange.isClientGone, !exchange.isCutOff else {
                    throw standing.refusal(at: operation.record.createdAt)
                }
                // What is under way may cost less than it holds: that is known in a moment.
                operation.hold.budget = nil
                let waitStart = clock.monotonic()
                try? await Task.sleep(for: pause)
                operation.waited += clock.monotonic() &- waitStart
                pause = min(pause * 2, .milliseconds(50))
            }
        }
    }

    /// The plan of the config or model that a budget sends requests to once it is used up.
    private func downgraded(
        _ plan: Plan, by standing: BudgetStanding, _ inquiry: Inquiry, _ caller: Caller, in snapshot: Snapshot,
        _ operation: inout Operation
    ) throws(Failure) -> Plan {
        guard let target = standing.budget.downgradeTo else { throw standing.refusal(at: operation.record.createdAt) }
        operation.hold.budget = standing
        let isThere = plan.config.map { "@" + $0.slug == target } ?? plan.candidates.allSatisfy { $0.name == target }
        guard !isThere else { return plan }
        let new: Plan
        do throws(Failure) {
            new = try route(inquiry, model: target, for: caller, in: snapshot, &operation)
        } catch {
            // Where this caller cannot be sent elsewhere, the cap stands.
            throw standing.refusal(at: operation.record.createdAt)
        }
        operation.record.trace?.reason = "budget \"\(standing.budget.name)\" is used up: sent to \(target)"
        return new
    }

    private func note(_ standings: [BudgetStanding], _ operation: inout Operation) {
        operation.hold.note(standings)
        guard !standings.isEmpty else { return }
        operation.record.trace?.budgets = standings.map { standing in
            // The one that sent the request elsewhere stood in its way, also where the new plan fits.
            let shown = operation.hold.budget
            let isEnforced = standing.isEnforced || (shown?.isEnforced == true && shown?.budget === standing.budget)
            return DecisionTrace.BudgetLine(standing.enforced(isEnforced))
        }
    }
}
