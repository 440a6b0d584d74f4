import GRDB
public import ModeluxCore

/// A budget as the management API shows it.
public struct StoredBudget: Sendable {
    /// `bud_…`
    public let id: Identifier
    /// What it says.
    public let draft: BudgetDraft
    /// When it was made.
    public let createdAt: Timestamp
    /// When it was last changed.
    public let updatedAt: Timestamp
    /// When someone last set its spending to zero by hand.
    public let resetAt: Timestamp?
}

/// Something that was told of a budget.
public struct StoredBudgetEvent: Sendable {
    /// `evt_…`
    public let event: Event
    /// Whose account of the budget; nil for the one that all share.
    public let subject: String?
}

/// Reads and writes budgets. What they have spent is not here: the ledger knows.
public struct BudgetStore {
    let transaction: ControlTransaction

    /// A page of the budgets, newest first.
    public func list(_ request: ListRequest) throws -> ListPage<StoredBudget> {
        let rows = try transaction.rows(
            """
            SELECT * FROM budgets WHERE (created_at < ? OR (created_at = ? AND id < ?))
            ORDER BY created_at DESC, id DESC LIMIT ?
            """, [request.boundTime, request.boundTime, request.boundID, request.limit + 1])
        return ListPage(try rows.map(Self.budget), request: request) { ($0.createdAt, $0.id) }
    }

    /// The budget of that id or name.
    public func get(_ reference: String) throws -> StoredBudget {
        let row = try transaction.row("SELECT * FROM budgets WHERE id = ? OR name = ?", [reference, reference])
        guard let row else { throw Refusal.missing("budget", reference) }
        return try Self.budget(row)
    }

    /// Makes a budget; it counts what was spent in its period before it was made.
    public func create(_ draft: BudgetDraft) throws -> StoredBudget {
        let draft = try resolved(draft)
        try refuseTaken(draft.name, by: nil)
        let id = transaction.newIdentifier(.budget)
        let now = transaction.now.microseconds
        try transaction.execute(
            """
            INSERT INTO budgets (name, scope, cap_nano_usd, period, time_zone, reset_day, action, downgrade_to,
                thresholds, alerts, per_subject, enabled, id, created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, Self.arguments(draft) + [id.text, now, now])
        let made = try get(id.text)
        try transaction.audit.append("budget.created", "budget", id.text, after: made.draft.json)
        transaction.publish(.snapshot)
        return made
    }

    /// Changes a budget; it takes effect with the next request.
    public func update(_ reference: String, _ change: (inout BudgetDraft) -> Void) throws -> StoredBudget {
        let before = try get(reference)
        var draft = before.draft
        change(&draft)
        draft = try resolved(draft)
        try refuseTaken(draft.name, by: before.id)
        try transaction.execute(
            """
            UPDATE budgets SET name = ?, scope = ?, cap_nano_usd = ?, period = ?, time_zone = ?, reset_day = ?,
                action = ?, downgrade_to = ?, thresholds = ?, alerts = ?, per_subject = ?, enabled = ?, updated_at = ?
            WHERE id = ?
            """, Self.arguments(draft) + [transaction.now.microseconds, before.id.text])
        let after = try get(before.id.text)
        try transaction.audit.append(
            "budget.updated", "budget", before.id.text, before: before.draft.json, after: after.draft.json)
        transaction.publish(.snapshot)
        return after
    }

    /// Sets a budget's spending to zero: its period begins anew, now, and ends when it would have ended.
    public func reset(_ reference: String) throws -> StoredBudget {
        let before = try get(reference)
        let now = transaction.now.microseconds
        try transaction.execute(
            "UPDATE budgets SET reset_at = ?, updated_at = ? WHERE id = ?", [now, now, before.id.text])
        let after = try get(before.id.text)
        try transaction.audit.append(
            "budget.reset", "budget", before.id.text,
            before: .members(["reset_at": .text(before.resetAt?.iso8601)]),
            after: .members(["reset_at": .text(after.resetAt?.iso8601)]))
        transaction.publish(.snapshot)
        return after
    }

    /// Removes a budget; what was told of it remains.
    public func delete(_ reference: String) throws -> StoredBudget {
        let before = try get(reference)
        try transaction.execute("DELETE FROM budgets WHERE id = ?", [before.id.text])
        try transaction.audit.append("budget.deleted", "budget", before.id.text, before: before.draft.json)
        transaction.publish(.snapshot)
        return before
    }

    /// Every budget, for the snapshot.
    func all() throws -> [Budget] {
        try transaction.rows("SELECT * FROM budgets").compactMap { row in
            let stored = try Self.budget(row)
            let draft = stored.draft
            guard let scope = try scope(draft.scope),
                let schedule = BudgetSchedule(draft.period, timeZone: draft.timeZone, resetDay: draft.resetDay)
            else { return nil }
            return Budget(
                id: stored.id, name: draft.name, scope: scope, cap: draft.cap, schedule: schedule,
                action: draft.action, downgradeTo: draft.downgradeTo, thresholds: draft.thresholds,
                alerts: draft.alerts, isPerSubject: draft.isPerSubject, isEnabled: draft.isEnabled,
                createdAt: stored.createdAt, resetAt: stored.resetAt)
        }
    }

    // MARK: Events

    /// Whom a budget tells of its events; nobody when it is gone.
    public func alerts(of id: String) throws -> Budget.Alerts {
        try transaction.row("SELECT * FROM budgets WHERE id = ?", [id]).map { try Self.budget($0).draft.alerts }
            ?? Budget.Alerts()
    }

    /// Writes down what is to be told, as far as it has not been told before, and hands it to the alerts in the same
    /// commit.
    /// - Returns: The events that are new, in order.
    public func tell(_ notices: [(notice: BudgetNotice, at: Timestamp)]) throws -> [Event] {
        var events: [Event] = []
        for (notice, moment) in notices {
            let event = Event(
                id: transaction.newIdentifier(.event), type: notice.type, createdAt: moment, data: notice.data)
            let fingerprint = notice.fingerprint
            let before = try transaction.changeCount()
            try transaction.execute(
                """
                INSERT OR IGNORE INTO budget_events (id, budget_id, subject, period_start, type, threshold, created_at,
                    data) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    event.id.text, fingerprint.budgetID.text, fingerprint.subject.map { "=" + $0 } ?? "",
                    fingerprint.periodStart.microseconds, event.type.rawValue, fingerprint.threshold?.millionths ?? 0,
                    moment.microseconds, event.data,
                ])
            guard try transaction.changeCount() > before else { continue }
            try transaction.outbox.append(event)
            events.append(event)
        }
        return events
    }

    /// A page of what was told of a budget, newest first.
    public func events(of id: Identifier, _ request: ListRequest) throws -> ListPage<StoredBudgetEvent> {
        let rows = try transaction.rows(
            """
            SELECT * FROM budget_events WHERE budget_id = ? AND (created_at < ? OR (created_at = ? AND id < ?))
            ORDER BY created_at DESC, id DESC LIMIT ?
            """, [id.text, request.boundTime, request.boundTime, request.boundID, request.limit + 1])
        return ListPage(try rows.map(Self.event), request: request) { ($0.event.createdAt, $0.event.id) }
    }

    // MARK: Parts

    /// The draft with every name in it replaced by an id.
    private func resolved(_ draft: BudgetDraft) throws -> BudgetDraft {
        try draft.validate()
        var draft = draft
        if let id = draft.scope.id {
            draft.scope.id =
                switch draft.scope.kind {
                case .project: try transaction.projects.get(id).project.id.text
                case .key: try transaction.keys.get(id).id.text
                case .config: try transaction.routingConfigs.get(id).id.text
                case .provider: try providerID(id)
                default: id
                }
        }
        if let target = draft.downgradeTo, draft.action == .downgrade { try checkDowngrade(target) }
        return draft
    }

    private func providerID(_ reference: String) throws -> String {
        let snapshot = try SnapshotLoader(transaction: transaction).load(version: 0).snapshot
        let found = snapshot.providers[reference] ?? snapshot.providers.values.first { $0.id.text == reference }
        guard let found else { throw Refusal.missing("provider", reference) }
        return found.id.text
    }

    private func checkDowngrade(_ target: String) throws {
        guard target.hasPrefix("@") else {
            let snapshot = try SnapshotLoader(transaction: transaction).load(version: 0).snapshot
            do {
                try TargetCheck(snapshot: snapshot).check(Target(model: target), at: "downgrade_to")
            } catch let refusal as Refusal {
                let fields = refusal.fields.map { Refusal.Field("downgrade_to", $0.message) }
                throw fields.isEmpty ? refusal : Refusal.invalid(fields)
            }
            return
        }
        let count = try transaction.count(
            "SELECT COUNT(*) FROM routing_configs WHERE slug = ? AND deleted_at IS NULL", [String(target.dropFirst())])
        guard count > 0 else {
            throw Refusal.invalid("downgrade_to", "no project has a config \"\(target.prefix(64))\": create it first")
        }
    }

    private func refuseTaken(_ name: String, by own: Identifier?) throws {
        let other = try transaction.row("SELECT id FROM budgets WHERE name = ?", [name])
        guard let other, try other.text("id") != own?.text else { return }
        throw Refusal.conflict("budget", name, "a budget with the name \"\(name)\" exists: choose another name")
    }

    /// The scope as requests are matched with it; nil when its config was never there.
    private func scope(_ scope: BudgetDraft.Scope) throws -> BudgetScope? {
        guard scope.kind == .config, let id = scope.id else {
            return BudgetScope(scope.kind, tagKey: scope.key, subject: scope.id ?? scope.value)
        }
        // Deleted ones too: their spending goes on being theirs.
        guard let row = try transaction.row("SELECT project_id, slug FROM routing_configs WHERE id = ?", [id]) else {
            return nil
        }
        let subject = BudgetScope.subject(ofConfig: try row.text("slug"), in: try row.identifier("project_id"))
        return BudgetScope(.config, subject: subject)
    }

    private static func arguments(_ draft: BudgetDraft) -> StatementArguments {
        [
            draft.name, draft.scope.json.text, draft.cap.nanoUSD, draft.period.rawValue, draft.timeZone, draft.resetDay,
            draft.action.rawValue, draft.downgradeTo,
            JSONTree.array(draft.thresholds.map { .integer($0.millionths) }).text, draft.alerts.json.text,
            draft.isPerSubject, draft.isEnabled,
        ]
    }

    private static func budget(_ row: ControlRow) throws -> StoredBudget {
        let alerts = try row.json("alerts")
        func texts(_ key: String) -> [String] { (alerts[key]?.arrayValue ?? []).compactMap(\.stringValue) }
        let draft = BudgetDraft(
            name: try row.text("name"),
            scope: try row.converted("scope") { BudgetDraft.Scope($0) },
            cap: Money(nanoUSD: try row.integer("cap_nano_usd")), period: try row.raw("period", as: BudgetPeriod.self),
            timeZone: try row.text("time_zone"), resetDay: try row.int("reset_day"),
            action: try row.raw("action", as: Budget.Action.self), downgradeTo: try row.optionalText("downgrade_to"),
            thresholds: (try row.json("thresholds").arrayValue ?? []).compactMap { value in
                value.integerValue.map { Budget.Threshold(millionths: $0) }
            },
            alerts: Budget.Alerts(emails: texts("emails"), webhooks: texts("webhooks")),
            isPerSubject: try row.integer("per_subject") != 0, isEnabled: try row.integer("enabled") != 0)
        return StoredBudget(
            id: try row.identifier("id"), draft: draft, createdAt: try row.time("created_at"),
            updatedAt: try row.time("updated_at"), resetAt: try row.optionalTime("reset_at"))
    }

    private static func event(_ row: ControlRow) throws -> StoredBudgetEvent {
        let subject = try row.text("subject")
        return StoredBudgetEvent(
            event: Event(
                id: try row.identifier("id"), type: try row.raw("type", as: EventType.self),
                createdAt: try row.time("created_at"), data: try row.text("data")),
            subject: subject.isEmpty ? nil : String(subject.dropFirst()))
    }
}
