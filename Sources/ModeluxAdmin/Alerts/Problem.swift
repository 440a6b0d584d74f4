import ModeluxCore
import ModeluxStore

/// Something that is wrong now, for the banner of the dashboard.
struct Problem: Sendable, Hashable {
    /// How bad it is.
    enum Severity: String, Sendable, CaseIterable {
        /// Requests fail, or money is not what it should be.
        case error
        /// It will get worse by itself.
        case warning
    }

    let severity: Severity
    /// A word for programs.
    let code: String
    /// A sentence for people.
    let message: String
    /// Since when, where that is known.
    var since: Timestamp?
    /// The kind of object that it is about.
    var resource: String?
    /// Which one.
    var id: String?

    func write(to json: inout JSONText) {
        json.object { json in
            json.member("severity", severity.rawValue)
            json.member("code", code)
            json.member("message", message)
            json.member("since", since?.iso8601)
            json.member("resource", resource)
            json.member("id", id)
        }
    }
}

/// Finds out what is wrong now.
struct ProblemFinder: Sendable {
    /// How far back an event still says something about now.
    private static let memoryMicroseconds: Int64 = 24 * 3600 * 1_000_000
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
        if let desk = dependencies.alerts { found += try await problems(of: desk, now: now) }
        return found.filter { $0.severity == .error } + found.filter { $0.severity == .warning }
    }

    private func problems(of desk: AlertDesk, now: Timestamp) async throws -> [Problem] {
        let since = now.advanced(byMicroseconds: -Self.memoryMicroseconds)
        let events = try await desk.log.events(
            ofTypes: [.budgetExceeded, .budgetThresholdReached, .providerHealthChanged], since: since, limit: 200)
        var found = Self.problems(in: events, now: now)
        for failing in try await desk.log.failing() { found.append(try await problem(failing)) }
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

    /// What events say of now: of each budget and each provider only the newest counts.
    static func problems(in events: [AlertEvent], now: Timestamp) -> [Problem] {
        var seen: Set<String> = []
        var found: [Problem] = []
        for event in events {
            guard let data = try? JSONTree(parsing: Array(event.data.utf8)) else { continue }
            let subject = data["subject"]?.stringValue ?? ""
            guard let id = id(in: data), seen.insert("\(id) \(subject)").inserted else { continue }
            if let resets = (data["period_resets_at"] ?? data["budget"]?["period_resets_at"])?.stringValue,
                let end = Timestamp(iso8601: resets), end <= now
            {
                continue
            }
            if event.type == EventType.providerHealthChanged.rawValue, isHealthy(data) { continue }
            let isExceeded = event.type == EventType.budgetExceeded.rawValue
            found.append(
                Problem(
                    severity: isExceeded ? .error : .warning,
                    code: event.type.replacing(".", with: "_"), message: AlertText(event).title, since: event.createdAt,
                    resource: event.type.hasPrefix("budget.") ? "budget" : "provider", id: id))
        }
        return found
    }

    private static func id(in data: JSONTree) -> String? {
        let budget = data["budget_id"] ?? data["budget"]?["id"]
        let provider = data["provider_id"] ?? data["credential"] ?? data["provider"]?["id"] ?? data["provider"]
        return budget?.stringValue ?? provider?.stringValue ?? data["id"]?.stringValue
    }

    private static func isHealthy(_ data: JSONTree) -> Bool {
        if let flag = data["healthy"]?.boolValue { return flag }
        return ["healthy", "closed"].contains((data["state"] ?? data["status"] ?? data["to"])?.stringValue ?? "")
    }
}
