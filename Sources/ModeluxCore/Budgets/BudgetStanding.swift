/// Where a budget stands, for one subject and one period, right after something happened to it.
public struct BudgetStanding: Sendable, Hashable {
    /// Which budget.
    public let budget: Budget
    /// Whose account of it; nil for the one that all share.
    public let subject: String?
    /// Its period.
    public let window: BudgetWindow
    /// Booked costs.
    public let spend: Money
    /// Worst cases of what is under way, this request's included once it is admitted.
    public let held: Money
    /// Whether the budget stood in the request's way: it was refused, sent elsewhere, or passed with a warning.
    public let isEnforced: Bool

    /// The same, with another say on whether it stood in a request's way.
    public func enforced(_ isEnforced: Bool) -> BudgetStanding {
        BudgetStanding(
            budget: budget, subject: subject, window: window, spend: spend, held: held, isEnforced: isEnforced)
    }

    /// Why a request is refused: the sentence, the budget as JSON, and when its period ends.
    public func refusal(at now: Timestamp) -> Failure {
        var json = JSONText()
        json.object { json in
            json.member("name", budget.name)
            json.member("spend_usd", spend)
            json.member("cap_usd", budget.cap)
            json.member("period", budget.schedule.period.rawValue)
            json.member("period_resets_at", window.reset?.iso8601Seconds)
        }
        // A budget without periods may be raised by its operator: a day is when to ask again.
        let microseconds = window.reset.map { $0.microseconds - now.microseconds } ?? 86_400_000_000
        return Failure(
            .budgetExceeded, "budget \"\(budget.name)\" exceeded ($\(spend.centsText) / $\(budget.cap.centsText))",
            retryAfterSeconds: Int(clamping: max(1, (microseconds + 999_999) / 1_000_000)), budget: json.text)
    }

    /// What is left of the cap, never less than nothing.
    public var remaining: Money { max(.zero, budget.cap - spend - held) }

    /// Budgets are the same when they are the same object.
    public static func == (left: BudgetStanding, right: BudgetStanding) -> Bool {
        left.budget === right.budget && left.subject == right.subject && left.window == right.window
            && left.spend == right.spend && left.held == right.held && left.isEnforced == right.isEnforced
    }

    /// Consistent with `==`.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(budget.id)
        hasher.combine(subject)
        hasher.combine(spend)
    }

    /// The standing that a request's headers tell of: the one that stood in its way, else the one with the least left.
    public static func tightest(of standings: [BudgetStanding]) -> BudgetStanding? {
        standings.first { $0.isEnforced } ?? standings.min { $0.remaining < $1.remaining }
    }
}

/// The verdict on a request.
public struct BudgetVerdict: Sendable {
    /// Whether it may pass.
    public let outcome: Outcome
    /// Every budget that covers it.
    public let standings: [BudgetStanding]
    /// What is to be told.
    public let notices: [BudgetNotice]

    /// Whether a request may pass.
    public enum Outcome: Sendable, Hashable {
        /// It may; its worst case is held.
        case admitted
        /// This budget has no room for it. `mayClear`: it would have, if what is under way costs less than held.
        case blocked(BudgetStanding, mayClear: Bool)
        /// This budget wants it to go elsewhere.
        case downgrade(BudgetStanding)
    }
}

/// Something about a budget that is to be told: once in a period, for each of its accounts.
public struct BudgetNotice: Sendable {
    /// The budget and where it stands.
    public let standing: BudgetStanding
    /// The threshold that was reached; nil when the cap was reached or stood in a request's way.
    public let threshold: Budget.Threshold?

    /// Notices that are alike in this are the same one, told again after a restart or a change of the budget.
    public var fingerprint: Fingerprint {
        Fingerprint(
            budgetID: standing.budget.id, subject: standing.subject, periodStart: standing.window.start, type: type,
            threshold: threshold)
    }

    /// What makes a notice the same as another.
    public struct Fingerprint: Sendable, Hashable {
        /// Which budget.
        public let budgetID: Identifier
        /// Whose account of it.
        public let subject: String?
        /// In which period.
        public let periodStart: Timestamp
        /// What happened.
        public let type: EventType
        /// At which threshold.
        public let threshold: Budget.Threshold?
    }

    /// The event's name.
    public var type: EventType { threshold == nil ? .budgetExceeded : .budgetThresholdReached }

    /// The event's particulars as JSON.
    public var data: String {
        let budget = standing.budget
        var json = JSONText()
        json.object { json in
            json.member("budget_id", budget.id.text)
            json.member("name", budget.name)
            json.key("scope")
            budget.scope.write(to: &json)
            json.member("subject", standing.subject)
            json.key("threshold")
            json.raw(threshold?.text ?? "null")
            json.member("spend_usd", standing.spend)
            json.member("held_usd", standing.held)
            json.member("cap_usd", budget.cap)
            json.member("period", budget.schedule.period.rawValue)
            json.member("period_started_at", standing.window.beginning?.iso8601Seconds)
            json.member("period_resets_at", standing.window.reset?.iso8601Seconds)
            json.member("action", budget.action.rawValue)
        }
        return json.text
    }
}

extension BudgetScope {
    /// The scope as the management API shows it: `{"type": "tag", "key": "team", "value": "ml"}`.
    public func write(to json: inout JSONText) {
        json.object { json in
            json.member("type", kind.rawValue)
            switch kind {
            case .organization: break
            case .tag:
                json.member("key", tagKey)
                json.member("value", subject)
            case .endUser: json.member("value", subject)
            case .project, .key, .config, .provider: json.member("id", subject)
            }
        }
    }
}

extension BudgetWindow {
    /// When it begins; nil when it has no beginning.
    public var beginning: Timestamp? { start.microseconds == .min ? nil : start }
}
