public import ModeluxCore

/// What a budget shall be.
public struct BudgetDraft: Sendable {
    /// What people call it, unique.
    public var name: String
    /// Whose spending it caps.
    public var scope: Scope
    /// How much may be spent in a period.
    public var cap: Money
    /// How often it begins anew.
    public var period: BudgetPeriod
    /// The time zone of its midnights.
    public var timeZone: String
    /// The day on which a week or a month begins; 1 where nothing is said.
    public var resetDay: Int
    /// What happens at the cap.
    public var action: Budget.Action
    /// Where requests go instead, for `downgrade`.
    public var downgradeTo: String?
    /// Shares of the cap at which an event tells of it.
    public var thresholds: [Budget.Threshold]
    /// Who is told.
    public var alerts: Budget.Alerts
    /// Whether each subject has the whole cap for itself.
    public var isPerSubject: Bool
    /// Whether it counts at all.
    public var isEnabled: Bool

    /// A scope as the management API has it: a routing config by its id, everything else by its own name.
    public struct Scope: Sendable, Hashable {
        /// By what requests are told apart.
        public var kind: BudgetScope.Kind
        /// The project, key, config or provider.
        public var id: String?
        /// The tag's key.
        public var key: String?
        /// The end user, or the tag's value.
        public var value: String?

        /// Names a scope.
        public init(_ kind: BudgetScope.Kind, id: String? = nil, key: String? = nil, value: String? = nil) {
            self.kind = kind
            self.id = id
            self.key = key
            self.value = value
        }
    }

    /// Makes a draft.
    public init(
        name: String, scope: Scope, cap: Money, period: BudgetPeriod = .monthly, timeZone: String = "UTC",
        resetDay: Int = 1, action: Budget.Action = .block, downgradeTo: String? = nil,
        thresholds: [Budget.Threshold] = Budget.defaultThresholds, alerts: Budget.Alerts = Budget.Alerts(),
        isPerSubject: Bool = false, isEnabled: Bool = true
    ) {
        self.name = name
        self.scope = scope
        self.cap = cap
        self.period = period
        self.timeZone = timeZone
        self.resetDay = resetDay
        self.action = action
        self.downgradeTo = downgradeTo
        self.thresholds = thresholds
        self.alerts = alerts
        self.isPerSubject = isPerSubject
        self.isEnabled = isEnabled
    }

    func validate() throws {
        try Validation.check { check in
            check.name(name, at: "name")
            check.require(!name.hasPrefix(IdentifierKind.budget.rawValue), "name", "must not look like an id")
            check.require(cap >= .zero, "cap_usd", "must not be negative")
            let isZone = BudgetSchedule(.daily, timeZone: timeZone) != nil
            check.require(isZone, "timezone", "must be a name of the IANA database, such as Europe/Berlin")
            if isZone {
                let days = period == .weekly ? "1 (Monday) to 7" : period == .monthly ? "1 to 31" : "1 for this period"
                check.require(
                    BudgetSchedule(period, timeZone: timeZone, resetDay: resetDay) != nil, "reset_day",
                    "must be \(days)")
            }
            check.require(
                thresholds.count <= Budget.maximumThresholds, "thresholds",
                "must have at most \(Budget.maximumThresholds) entries")
            check.require(
                thresholds.allSatisfy { (1...10_000_000).contains($0.millionths) }, "thresholds",
                "each must be more than 0 and at most 10; 0.5 is half of the cap")
            check.texts(alerts.emails, at: "alerts.emails", maximum: 50)
            for address in alerts.emails where MailAddress(address) == nil {
                check.require(false, "alerts.emails", "\"\(address.prefix(60))\" is no mail address")
            }
            check.texts(alerts.webhooks, at: "alerts.webhooks", maximum: 50)
            if action == .downgrade {
                check.require(
                    downgradeTo != nil, "downgrade_to", "must name a config (@slug) or a model for action downgrade")
            }
            scope.validate(&check, isPerSubject: isPerSubject)
        }
    }

    var json: JSONTree {
        .members([
            "name": .string(name), "scope": scope.json, "cap_usd": .number(cap.usdText),
            "period": .string(period.rawValue), "timezone": .string(timeZone), "reset_day": .integer(resetDay),
            "action": .string(action.rawValue), "downgrade_to": .text(downgradeTo),
            "thresholds": .array(thresholds.map { .number($0.text) }), "alerts": alerts.json,
            "per_subject": .bool(isPerSubject), "enabled": .bool(isEnabled),
        ])
    }
}

extension BudgetDraft.Scope {
    fileprivate func validate(_ check: inout Validation, isPerSubject: Bool) {
        switch kind {
        case .organization:
            check.require(id == nil && key == nil && value == nil, "scope", "an organization's budget has no subject")
            check.require(!isPerSubject, "per_subject", "an organization's budget has one subject only")
        case .project, .key, .config, .provider:
            check.require(key == nil && value == nil, "scope", "a \(kind.rawValue) is named by \"id\"")
            check.require(
                id != nil || isPerSubject, "scope.id",
                "must name the \(kind.rawValue), or per_subject must be true: then each has its own cap")
        case .endUser:
            check.require(id == nil && key == nil, "scope", "an end user is named by \"value\"")
        case .tag:
            check.require(id == nil, "scope", "a tag is named by \"key\" and \"value\"")
            check.require(
                (1...Tags.maximumKeyBytes).contains(key?.utf8.count ?? 0), "scope.key",
                "must name the tag, with 1 to \(Tags.maximumKeyBytes) bytes")
        }
        check.require((value?.utf8.count ?? 0) <= Tags.maximumValueBytes, "scope.value", "must have at most 256 bytes")
    }

    /// The scope as it is stored and shown.
    public var json: JSONTree {
        .members([
            "type": .string(kind.rawValue), "id": id.map(JSONTree.string), "key": key.map(JSONTree.string),
            "value": value.map(JSONTree.string),
        ])
    }

    /// The scope that `json` gave; nil for anything else.
    init?(_ tree: JSONTree) {
        guard let kind = tree["type"]?.stringValue.flatMap(BudgetScope.Kind.init(rawValue:)) else { return nil }
        self.init(
            kind, id: tree["id"]?.stringValue, key: tree["key"]?.stringValue, value: tree["value"]?.stringValue)
    }
}

extension Budget.Alerts {
    /// The alerts as they are stored and shown.
    public var json: JSONTree { .members(["emails": .texts(emails), "webhooks": .texts(webhooks)]) }
}
