import ModeluxCore

/// Stands before every call to a provider: the operation's hold must cover it, and it is written down before it is
/// made. Nothing else may begin a call.
struct SpendingGate {
    let sink: any RecordSink
    let budgets: BudgetBook

    /// Lets a call pass.
    /// - Throws: `Failure` of kind `budgetExceeded` when a budget has no room for one more call, `modelNotAllowed` when
    ///   a model without a price would spend under a cap in dollars, `overloaded` when it cannot be written down.
    func callAsFunction(
        _ candidate: Plan.Candidate, number: Int, _ inquiry: Inquiry, _ options: RoutingConfig.Options,
        _ operation: inout Operation
    ) throws(Failure) {
        let record = operation.record
        let worst = inquiry.worstCase(at: candidate)
        if inquiry.endpoint.spends {
            try checkPrice(of: candidate, options, record)
            try raise(to: worst, at: candidate.provider.id, number, &operation)
        }
        guard let projectID = record.projectID, let keyID = record.keyID else {
            throw Failure(.internalError, "a call without a caller", cause: "the operation was not opened")
        }
        try sink.begin(
            LedgerIntent(
                requestID: record.requestID, attempt: number, createdAt: record.createdAt, projectID: projectID,
                keyID: keyID, providerID: candidate.provider.id, provider: candidate.provider.name,
                model: candidate.model, hold: worst, priceID: candidate.price?.id, endUser: record.endUser,
                tags: record.tags, config: record.config))
        operation.hold.begun.append(Hold.Call(number: number, providerID: candidate.provider.id, cost: worst))
        operation.hold.shared?.note(number, candidate.provider.id, worst)
    }

    private func checkPrice(
        of candidate: Plan.Candidate, _ options: RoutingConfig.Options, _ record: RequestRecord
    ) throws(Failure) {
        guard candidate.price == nil, options.unpriced == .block, candidate.provider.vendor != .sandbox,
            budgets.blocks(BudgetSubjects(record), at: candidate.provider.id)
        else { return }
        throw Failure(
            .modelNotAllowed,
            "\(candidate.name) has no price, and a budget in dollars applies: give it a price (0 for a model of your "
                + "own), or set \"unpriced\" of the routing config to \"allow\"", parameter: "model")
    }

    /// The hold must cover what the calls before this one have cost, or may have, and this one.
    private func raise(
        to worst: Money, at providerID: Identifier, _ number: Int, _ operation: inout Operation
    ) throws(Failure) {
        let shared = operation.hold.shared
        guard let held = shared?.demand ?? operation.hold.demand,
            !operation.hold.begun.isEmpty || shared?.calls.isEmpty == false
        else { return }
        var needed = BudgetDemand(worst, at: providerID)
        var own: Set<Int> = []
        for call in operation.hold.begun {
            let attempt = operation.record.attempts.first { $0.number == call.number }
            // One that still runs may cost all that it holds.
            let hasEnded = attempt.map { $0.durationMilliseconds > 0 } ?? false
            let cost = hasEnded ? attempt?.cost.total ?? call.cost : call.cost
            needed.add(cost, at: call.providerID)
            shared?.note(call.number, call.providerID, cost)
            own.insert(call.number)
        }
        for (number, call) in shared?.calls ?? [:] where !own.contains(number) {
            needed.add(call.cost, at: call.providerID)
        }
        needed.cover(held)
        guard needed != held else { return }
        if let standing = budgets.raise(operation.record.requestID, to: needed) {
            operation.hold.budget = standing
            throw standing.refusal(at: operation.record.createdAt)
        }
        operation.hold.demand = needed
        shared?.demand = needed
    }
}
