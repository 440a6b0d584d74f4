import ModeluxCore

/// Step 4: the model reference → a plan, and the trace that says why.
struct Route {
    /// Plans the request for a model reference, its own or the one that a budget sends it to, and begins its trace.
    /// - Throws: what `Planner.plan` throws.
    func callAsFunction(
        _ inquiry: Inquiry, model: String, for caller: Caller, in snapshot: Snapshot, _ operation: inout Operation
    ) throws(Failure) -> Plan {
        let plan = try Planner.plan(model, for: caller, in: snapshot, at: operation.record.createdAt)
        operation.record.config = plan.config
        operation.record.trace = DecisionTrace(
            resolution: plan.resolution, policy: plan.policy,
            candidates: plan.candidates.map { candidate in
                DecisionTrace.Candidate(
                    target: candidate.provider.name + "/" + candidate.model, verdict: .unused, reason: candidate.reason,
                    expectedCost: inquiry.worstCase(at: candidate))
            })
        return plan
    }
}
