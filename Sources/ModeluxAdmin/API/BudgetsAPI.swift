import ModeluxCore
import ModeluxGateway
import ModeluxStore

/// `budgets`: caps, where they stand, and what was told of them.
struct BudgetsAPI: Sendable {
    let store: ControlStore
    let keeper: BudgetKeeper
    let clock: @Sendable () -> Timestamp

    func list(_ exchange: Exchange) async throws -> Reply {
        let page = try exchange.page()
        let found = try await store.read { try $0.budgets.list(page) }
        return .list(found.elements, nextCursor: found.nextCursor, Self.write)
    }

    func get(_ exchange: Exchange) async throws -> Reply {
        let id = exchange.parameter("id")
        let budget = try await store.read { try $0.budgets.get(id) }
        return .data { Self.write(budget, to: &$0) }
    }

    func create(_ exchange: Exchange) async throws -> Reply {
        var fields = try exchange.fields()
        let name = fields.requiredText("name")
        let draft = try Self.newDraft(&fields, name: name, scope: nil)
        let reply = try await store.write(as: exchange.author, once: exchange.once()) { transaction in
            let made = try transaction.budgets.create(draft)
            return WriteReply(status: 201, body: Reply.dataText { Self.write(made, to: &$0) })
        }
        try await keeper.open()
        return Reply(reply)
    }

    func update(_ exchange: Exchange) async throws -> Reply {
        let id = exchange.parameter("id")
        var fields = try exchange.fields()
        let name = fields.text("name")
        let scope = fields.has("scope") ? try Self.scope(&fields) : nil
        let change = try Self.change(&fields)
        try fields.finish()
        let reply = try await store.write(as: exchange.author, once: exchange.once()) { transaction in
            let after = try transaction.budgets.update(id) { draft in
                draft.name = name.applied(to: draft.name)
                draft.scope = scope ?? draft.scope
                change(&draft)
            }
            return WriteReply(status: 200, body: Reply.dataText { Self.write(after, to: &$0) })
        }
        try await keeper.open()
        return Reply(reply)
    }

    func reset(_ exchange: Exchange) async throws -> Reply {
        let id = exchange.parameter("id")
        let reply = try await store.write(as: exchange.author, once: exchange.once()) { transaction in
            let after = try transaction.budgets.reset(id)
            return WriteReply(status: 200, body: Reply.dataText { Self.write(after, to: &$0) })
        }
        try await keeper.open()
        return Reply(reply)
    }

    func delete(_ exchange: Exchange) async throws -> Reply {
        let id = exchange.parameter("id")
        let reply = try await store.write(as: exchange.author, once: exchange.once()) { transaction in
            let deleted = try transaction.budgets.delete(id)
            return WriteReply(status: 200, body: Reply.dataText { Self.write(deleted, to: &$0) })
        }
        return Reply(reply)
    }

    func events(_ exchange: Exchange) async throws -> Reply {
        let id = exchange.parameter("id")
        let page = try exchange.page()
        let found = try await store.read { transaction in
            try transaction.budgets.events(of: try transaction.budgets.get(id).id, page)
        }
        return .list(found.elements, nextCursor: found.nextCursor) { stored, json in
            json.raw(stored.event.json)
        }
    }

    func status(_ exchange: Exchange) async throws -> Reply {
        let id = exchange.parameter("id")
        let stored = try await store.read { try $0.budgets.get(id) }
        let now = clock()
        let checks = try await keeper.check([stored.id])
        let status = BudgetStatus(
            stored, checks: checks, window: keeper.book.accounts(of: stored.id, at: now)?.window,
            subject: exchange.query["subject"], at: now)
        return .data { status.write(to: &$0) }
    }

    func verify(_ exchange: Exchange) async throws -> Reply {
        let checks = try await keeper.check().sorted { left, right in
            (left.budget.name, left.subject ?? "") < (right.budget.name, right.subject ?? "")
        }
        // All that drift, and as many others as a person reads.
        let agreeing = checks.filter { $0.drift == .zero }.prefix(1000)
        let shown = checks.filter { $0.drift != .zero } + agreeing
        return .data { json in
            json.object { json in
                json.member("drift_usd", checks.reduce(Money.zero) { max($0, max($1.drift, .zero - $1.drift)) })
                json.member("accounts", Int64(checks.count))
                json.key("budgets")
                json.array { json in
                    for check in shown { BudgetStatus.write(check, to: &json) }
                }
            }
        }
    }

    // MARK: Reading

    /// A new budget's draft; the scope is read unless it is given.
    static func newDraft(
        _ fields: inout BodyFields, name: String, scope given: BudgetDraft.Scope?
    ) throws -> BudgetDraft {
        let scope = try given ?? Self.scope(&fields)
        if !fields.has("cap_usd") { fields.report("cap_usd", "is required") }
        let change = try change(&fields)
        try fields.finish()
        var draft = BudgetDraft(name: name, scope: scope, cap: .zero)
        change(&draft)
        return draft
    }

    private static func scope(_ fields: inout BodyFields) throws -> BudgetDraft.Scope {
        guard let tree = fields.tree("scope") else {
            fields.report("scope", "is required, such as {\"type\":\"organization\"}")
            return BudgetDraft.Scope(.organization)
        }
        var inner = try BodyFields(tree, prefix: "scope")
        if !inner.has("type") { inner.report("type", "is required") }
        let kind = inner.word("type", as: BudgetScope.Kind.self).applied(to: .organization)
        let scope = BudgetDraft.Scope(
            kind, id: inner.optionalText("id").applied(to: nil), key: inner.optionalText("key").applied(to: nil),
            value: inner.optionalText("value").applied(to: nil))
        try inner.finish()
        return scope
    }

    private static func change(_ fields: inout BodyFields) throws -> @Sendable (inout BudgetDraft) -> Void {
        let cap = fields.money("cap_usd")
        let period = fields.word("period", as: BudgetPeriod.self)
        let timeZone = fields.text("timezone")
        let resetDay = fields.integer("reset_day")
        let action = fields.word("action", as: Budget.Action.self)
        let downgrade = fields.optionalText("downgrade_to")
        let thresholds = fields.amounts("thresholds")
        let isPerSubject = fields.bool("per_subject")
        let isEnabled = fields.bool("enabled")
        var emails = Change<[String]>.keep
        var webhooks = Change<[String]>.keep
        if let tree = fields.tree("alerts"), tree != .null {
            var inner = try BodyFields(tree, prefix: "alerts")
            emails = inner.texts("emails")
            webhooks = inner.texts("webhooks")
            try inner.finish()
        }
        return { [emails, webhooks] draft in
            draft.cap = cap.applied(to: draft.cap)
            // A day of the old period means nothing in a new one.
            if case .set(let new) = period, new != draft.period { draft.resetDay = 1 }
            draft.period = period.applied(to: draft.period)
            draft.timeZone = timeZone.applied(to: draft.timeZone)
            draft.resetDay = resetDay.applied(to: draft.resetDay)
            draft.action = action.applied(to: draft.action)
            draft.downgradeTo = downgrade.applied(to: draft.downgradeTo)
            if case .set(let amounts) = thresholds {
                draft.thresholds = amounts.map { Budget.Threshold(millionths: $0.nanoUSD / 1000) }.sorted()
            }
            draft.alerts.emails = emails.applied(to: draft.alerts.emails)
            draft.alerts.webhooks = webhooks.applied(to: draft.alerts.webhooks)
            draft.isPerSubject = isPerSubject.applied(to: draft.isPerSubject)
            draft.isEnabled = isEnabled.applied(to: draft.isEnabled)
        }
    }

    static func write(_ budget: StoredBudget, to json: inout JSONText) {
        let draft = budget.draft
        json.object { json in
            json.member("id", budget.id.text)
            json.member("name", draft.name)
            json.key("scope")
            draft.scope.json.write(to: &json)
            json.member("cap_usd", draft.cap)
            json.member("period", draft.period.rawValue)
            json.member("timezone", draft.timeZone)
            json.member("reset_day", Int64(draft.resetDay))
            json.member("action", draft.action.rawValue)
            json.member("downgrade_to", draft.downgradeTo)
            json.key("thresholds")
            json.array { json in
                for threshold in draft.thresholds { json.raw(threshold.text) }
            }
            json.key("alerts")
            draft.alerts.json.write(to: &json)
            json.member("per_subject", draft.isPerSubject)
            json.member("enabled", draft.isEnabled)
            json.member("created_at", budget.createdAt.iso8601)
            json.member("updated_at", budget.updatedAt.iso8601)
            json.member("reset_at", budget.resetAt?.iso8601)
        }
    }
}
