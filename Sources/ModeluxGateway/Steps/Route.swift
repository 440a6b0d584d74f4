import ModeluxCore

/// Step 4: the model reference → a plan, and the trace that says why.
struct Route {
    let health: HealthBoard
    let budgets: BudgetBook

    /// Plans the request for a model reference, its own or the one that a budget sends it to, and begins its trace. A
    /// request that its config refuses is refused here, once the trace holds why; a dry run only tells.
    /// - Throws: what `Planner.plan` throws, and what the plan itself says.
    func callAsFunction(
        _ inquiry: Inquiry, model: String, for caller: Caller, in snapshot: Snapshot, _ operation: inout Operation
    ) throws(Failure) -> Plan {
        let planner = Planner(
            caller: caller, snapshot: snapshot, health: health.view, now: operation.record.createdAt,
            random: operation.record.requestID.low)
        var facts = inquiry.facts
        facts.model = model
        if snapshot.asksForBudgets { note(operation.record, in: &facts) }
        let plan = try planner.plan(facts)
        operation.record.config = plan.config
        operation.configID = plan.configID
        operation.record.trace = plan.trace
        if case .refuse(let failure) = plan.root {
            operation.record.trace?.decision = "refused"
            operation.record.trace?.reason = failure.message
            guard inquiry.isDryRun else { throw failure }
        }
        return plan
    }

    /// What rules can ask of the tightest budget that covers the request.
    private func note(_ record: RequestRecord, in facts: inout RequestFacts) {
        // The record learns of its config from the plan that is yet to be made.
        let config = facts.model.hasPrefix("@") ? String(facts.model.dropFirst()) : nil
        let subjects = BudgetSubjects(
            projectID: record.projectID, keyID: record.keyID, endUser: record.endUser, tags: record.tags,
            config: config)
        let standings = budgets.standings(for: subjects, demand: .nothing, at: record.createdAt)
        guard let tightest = BudgetStanding.tightest(of: standings), tightest.budget.cap > .zero else { return }
        let used = tightest.spend + tightest.held
        facts.budgetUsed = Double(used.nanoUSD) / Double(tightest.budget.cap.nanoUSD)
        facts.budgetRemaining = tightest.remaining
    }
}
