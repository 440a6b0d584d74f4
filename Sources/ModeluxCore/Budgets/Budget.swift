/// A cap on what may be spent: on whose requests it lies, in which period, and what happens when it is reached.
///
/// An immutable object rather than a value: every request that it covers hands it on.
public final class Budget: Sendable {
    /// `bud_…`
    public let id: Identifier
    /// What people call it, unique.
    public let name: String
    /// Whose spending it caps.
    public let scope: BudgetScope
    /// How much may be spent in a period.
    public let cap: Money
    /// When its periods begin.
    public let schedule: BudgetSchedule
    /// What happens at the cap.
    public let action: Action
    /// Where requests go instead, for `downgrade`: `@slug` or a model.
    public let downgradeTo: String?
    /// Shares of the cap at which an event tells of it, ascending.
    public let thresholds: [Threshold]
    /// Who is told.
    public let alerts: Alerts
    /// Whether each project, key, end user, tag value, config or provider has the whole cap for itself.
    public let isPerSubject: Bool
    /// Whether it counts at all.
    public let isEnabled: Bool
    /// When it was made.
    public let createdAt: Timestamp
    /// When someone last set its spending to zero by hand.
    public let resetAt: Timestamp?
    /// The spending at which each threshold is reached.
    let thresholdAmounts: [Money]

    /// What happens at the cap.
    public enum Action: String, Sendable, CaseIterable {
        /// Requests that could pass the cap are refused.
        case block
        /// Requests that could pass the cap go to a cheaper config or model.
        case downgrade
        /// Requests pass, and say so.
        case warnOnly = "warn_only"
    }

    /// A share of the cap in millionths: 500,000 is half of it.
    public struct Threshold: Sendable, Hashable, Comparable {
        /// 1 … 10,000,000.
        public let millionths: Int64

        /// Makes a threshold.
        public init(millionths: Int64) {
            self.millionths = millionths
        }

        /// The order of the shares.
        public static func < (left: Threshold, right: Threshold) -> Bool { left.millionths < right.millionths }

        /// The share as a decimal number, `0.5`.
        public var text: String { Money(nanoUSD: millionths * 1000).usdText }
    }

    /// Who is told of a budget's events, besides the endpoints that ask for all of them.
    public struct Alerts: Sendable, Hashable {
        /// Mail addresses.
        public var emails: [String]
        /// Ids of webhook endpoints.
        public var webhooks: [String]

        /// Names who is told.
        public init(emails: [String] = [], webhooks: [String] = []) {
            self.emails = emails
            self.webhooks = webhooks
        }
    }

    /// Half of the cap, four fifths of it, and all of it.
    public static let defaultThresholds = [500_000, 800_000, 1_000_000].map { Threshold(millionths: $0) }
    /// At most this many thresholds.
    public static let maximumThresholds = 16

    /// Makes a budget; thresholds may come in any order.
    public init(
        id: Identifier, name: String, scope: BudgetScope, cap: Money, schedule: BudgetSchedule = .daily,
        action: Action = .block, downgradeTo: String? = nil, thresholds: [Threshold] = Budget.defaultThresholds,
        alerts: Alerts = Alerts(), isPerSubject: Bool = false, isEnabled: Bool = true,
        createdAt: Timestamp = Timestamp(microseconds: 0), resetAt: Timestamp? = nil
    ) {
        self.id = id
        self.name = name
        self.scope = scope
        self.cap = cap
        self.schedule = schedule
        self.action = action
        self.downgradeTo = downgradeTo
        self.thresholds = Array(thresholds.sorted().prefix(Budget.maximumThresholds))
        self.alerts = alerts
        self.isPerSubject = isPerSubject
        self.isEnabled = isEnabled
        self.createdAt = createdAt
        self.resetAt = resetAt
        thresholdAmounts = self.thresholds.map { threshold in
            let product = Int128(cap.nanoUSD) * Int128(threshold.millionths)
            return Money(nanoUSD: Int64(clamping: (product + 999_999) / 1_000_000))
        }
    }

    /// The period that a moment lies in. A reset by hand divides a period: what was spent before it counts no more.
    public func window(at moment: Timestamp) -> BudgetWindow {
        let window = schedule.window(at: moment)
        guard let resetAt, window.start < resetAt, resetAt < window.end else { return window }
        return moment < resetAt
            ? BudgetWindow(start: window.start, end: resetAt) : BudgetWindow(start: resetAt, end: window.end)
    }

    /// Whether the accounts of another form of this budget serve this one too: same subjects, same periods.
    func sharesAccounts(with other: Budget) -> Bool {
        scope == other.scope && schedule == other.schedule && isPerSubject == other.isPerSubject
            && resetAt == other.resetAt
    }
}

/// On whose spending a budget lies.
public struct BudgetScope: Sendable, Hashable {
    /// By what requests are told apart.
    public let kind: Kind
    /// The tag's key; only for `tag`.
    public let tagKey: String?
    /// The one subject that it covers: an id, an end user, a tag's value, or a config's address. Nil covers them all.
    public let subject: String?

    /// By what requests are told apart.
    public enum Kind: String, Sendable, CaseIterable {
        case organization
        case project
        case key
        case endUser = "end_user"
        case tag
        case config
        case provider
    }

    /// Everything.
    public static let organization = BudgetScope(.organization)

    /// Names a scope.
    public init(_ kind: Kind, tagKey: String? = nil, subject: String? = nil) {
        self.kind = kind
        self.tagKey = tagKey
        self.subject = subject
    }

    /// A routing config as a subject: the project and the slug, which outlive the config's deletion.
    public static func subject(ofConfig slug: String, in project: Identifier) -> String {
        project.text + "/" + slug
    }
}
