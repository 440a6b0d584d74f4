import ModeluxCore
import ModeluxStore

/// Finds out what is wrong now.
struct ProblemFinder: Sendable {
    /// How far back the beginning of a trouble is looked for.
    private static let memoryMicroseconds: Int64 = 7 * 24 * 3600 * 1_000_000
    /// Budgets that are looked at; more are more than a banner can tell.
    private static let maximumBudgets = 200
    let dependencies: AdminDependencies

    /// What is wrong, worst first.
    func problems(now: Timestamp) async throws -> [Problem] {
        var found: [Problem] = []
        if let reason = dependencies.notReady() {
            found.append(Problem(severity: .error, code: "not_ready", message: "requests are not answered: \(reason)"))
        }
        for (name, reason) in dependencies.store.unreadableProviders.sorted(by: { $0.key < $1.key }) {
            found.append(
                Problem(
                    severity: .error, code: "credential_unreadable",
                    message: "the credential of provider \"\(name)\" cannot be opened: \(reason)",
                    resource: "provider", id: name))
        }
        found += try await budgets(now: now)
        if let desk = dependencies.alerts { found += try await problems(of: desk, now: now) }
        return found.filter { $0.severity == .error } + found.filter { $0.severity == .warning }
    }

    /// What was told of each budget in its present period: the cap before a threshold.
    private func budgets(now: Timestamp) async throws -> [Problem] {
        let budgets = dependencies.store.snapshot.budgets.filter(\.isEnabled).prefix(Self.maximumBudgets)
        return try await dependencies.store.read { transaction in
            try budgets.compactMap { budget in
                let window = budget.window(at: now)
                let told = try transaction.budgets.events(of: budget.id, ListRequest(limit: 20)).elements.map(\.event)
                let current = told.filter { window.start <= $0.createdAt && $0.createdAt < window.end }
                guard let event = current.first(where: { $0.type == .budgetExceeded }) ?? current.first else {
                    return nil
                }
                return Problem(
                    severity: event.type == .budgetExceeded && budget.action != .warnOnly ? .error : .warning,
                    code: Self.code(of: event.type.rawValue), message: AlertText(AlertEvent(event)).title,
                    since: event.createdAt, resource: "budget", id: budget.id.text)
            }
        }
    }

    private func problems(of desk: AlertDesk, now: Timestamp) async throws -> [Problem] {
        let since = now.advanced(byMicroseconds: -Self.memoryMicroseconds)
        let events = try await desk.log.events(ofTypes: [.providerHealthChanged], since: since, limit: 200)
        var found = Self.unhealthy(dependencies.health(), events)
        for failing in try await desk.log.failing() { found.append(try await problem(failing)) }
        if let problem = desk.problem() {
            found.append(Problem(severity: .error, code: "alerts_stalled", message: problem))
        }
        let figures = try await desk.log.figures(now: now)
        if figures.failedToday > 0 {
            found.append(
                Problem(
                    severity: .warning, code: "deliveries_failed",
                    message:
                        "\(figures.failedToday) deliveries were given up in the last 24 hours: see the delivery log"))
        }
        if desk.events.dropped > 0 {
            found.append(
                Problem(
                    severity: .warning, code: "events_dropped",
                    message: "\(desk.events.dropped) events were dropped since the start, because their queue was full")
            )
        }
        return found
    }

    private func problem(_ failing: FailingTarget) async throws -> Problem {
        let reason = failing.lastError ?? "it failed"
        let waiting = failing.waiting == 1 ? "1 event waits" : "\(failing.waiting) events wait"
        switch failing.target {
        case .webhook(let id):
            let name = try await dependencies.store.read { try $0.webhooks.find(id.text)?.draft.name } ?? id.text
            return Problem(
                severity: .warning, code: "webhook_failing",
                message: "the webhook endpoint \"\(name)\" does not take events: \(reason); \(waiting)",
                since: failing.since, resource: "webhook_endpoint", id: id.text)
        case .mail(let address):
            return Problem(
                severity: .warning, code: "mail_failing",
                message: "mail to \(address) is not taken: \(reason); \(waiting)", since: failing.since)
        }
    }

    /// Targets that are not healthy, as the breakers see them now; events tell since when.
    static func unhealthy(_ view: HealthView, _ events: [AlertEvent]) -> [Problem] {
        let troubled = view.readings.filter { $0.value.state != .closed }
        guard !troubled.isEmpty else { return [] }
        // Newest first: the first of each target is the one that made it what it is.
        var since: [HealthKey: Timestamp] = [:]
        for event in events {
            guard let data = try? JSONTree(parsing: Array(event.data.utf8)),
                let id = data["provider_id"]?.stringValue
            else { continue }
            let key = HealthKey(provider: Identifier(id), model: data["model"]?.stringValue ?? "")
            if since[key] == nil { since[key] = event.createdAt }
        }
        return troubled.map { key, reading in
            let model = key.model.isEmpty ? "" : " with model \(key.model)"
            let state = reading.state == .open ? "is failing" : "is tried again"
            return Problem(
                severity: .warning, code: code(of: EventType.providerHealthChanged.rawValue),
                message: AlertText.plain("provider \"\(reading.provider)\" \(state)\(model)"), since: since[key],
                resource: "provider", id: key.provider.text)
        }.sorted { $0.message < $1.message }
    }

    private static func code(of type: String) -> String { type.replacing(".", with: "_") }
}
