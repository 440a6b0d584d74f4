import ModeluxCore
import ModeluxStore

/// Where a budget stands, beside what the ledger says, and what it comes to.
struct BudgetStatus {
    let budget: StoredBudget
    let checks: [BudgetKeeper.Check]
    let window: BudgetWindow?
    let subject: String?
    let now: Timestamp

    /// Subjects that are listed at most: those that have spent most.
    private static let maximumSubjects = 100

    init(
        _ budget: StoredBudget, checks: [BudgetKeeper.Check], window: BudgetWindow?, subject: String?, at now: Timestamp
    ) {
        self.budget = budget
        self.checks = subject.map { name in checks.filter { $0.subject == name } } ?? checks
        self.window = window
        self.subject = subject
        self.now = now
    }

    private var spend: Money { checks.reduce(.zero) { $0 + $1.account.spend } }
    private var held: Money { checks.reduce(.zero) { $0 + $1.account.held } }

    /// What is left of the cap, of the subject that has least.
    private var remaining: Money {
        checks.map { left($0.account) }.min() ?? max(.zero, budget.draft.cap)
    }

    private func left(_ account: BudgetAccount) -> Money { max(.zero, budget.draft.cap - account.committed) }

    func write(to json: inout JSONText) {
        let draft = budget.draft
        json.object { json in
            json.member("id", budget.id.text)
            json.member("name", draft.name)
            json.member("enabled", draft.isEnabled)
            json.member("action", draft.action.rawValue)
            json.member("cap_usd", draft.cap)
            json.member("spend_usd", spend)
            json.member("held_usd", held)
            json.member("remaining_usd", remaining)
            json.key("used_pct")
            json.raw(usedText)
            json.member("period", draft.period.rawValue)
            json.member("timezone", draft.timeZone)
            json.member("period_started_at", window?.beginning?.iso8601Seconds)
            json.member("period_resets_at", window?.reset?.iso8601Seconds)
            json.key("forecast")
            writeForecast(to: &json)
            json.member("ledger_usd", checks.reduce(Money.zero) { $0 + $1.ledger })
            json.member("drift_usd", checks.reduce(Money.zero) { $0 + $1.drift })
            json.member("subject_count", Int64(checks.count { $0.subject != nil }))
            json.key("subjects")
            json.array { json in
                let named = checks.filter { $0.subject != nil }.sorted { $0.account.committed > $1.account.committed }
                for check in named.prefix(Self.maximumSubjects) {
                    json.object { json in
                        json.member("subject", check.subject)
                        json.member("spend_usd", check.account.spend)
                        json.member("held_usd", check.account.held)
                        json.member("remaining_usd", left(check.account))
                        json.member("ledger_usd", check.ledger)
                        json.member("drift_usd", check.drift)
                    }
                }
            }
        }
    }

    /// The used share of the cap, of the subject that has used most: 1 is all of it.
    private var usedText: String {
        let cap = budget.draft.cap.nanoUSD
        let most = checks.map(\.account.spend.nanoUSD).max() ?? 0
        guard cap > 0 else { return most > 0 ? "1" : "0" }
        return Money(nanoUSD: Int64(clamping: Int128(most) * 10_000 / Int128(cap)) * 100_000).usdText
    }

    private func writeForecast(to json: inout JSONText) {
        let draft = budget.draft
        json.object { json in
            let isShared = checks.count < 2
            let atEnd = window.flatMap { Forecast.atEnd(spend: spend, of: $0, at: now) }
            json.key("projected_usd")
            json.raw(atEnd?.usdText ?? "null")
            let exhaustion = window.flatMap { window in
                isShared
                    ? Forecast.exhaustion(
                        spend: spend, cap: draft.cap, of: window, from: budget.createdAt, at: now) : nil
            }
            json.member("exhausted_at", exhaustion?.iso8601Seconds)
        }
    }

    /// One account beside the ledger, as `budgets/verify` shows it.
    static func write(_ check: BudgetKeeper.Check, to json: inout JSONText) {
        json.object { json in
            json.member("id", check.budget.id.text)
            json.member("name", check.budget.name)
            json.member("subject", check.subject)
            json.member("period_started_at", check.window.beginning?.iso8601Seconds)
            json.member("spend_usd", check.account.spend)
            json.member("ledger_usd", check.ledger)
            json.member("held_usd", check.account.held)
            json.member("drift_usd", check.drift)
        }
    }
}
