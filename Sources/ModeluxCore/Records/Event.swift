/// Something that operators want to be told: a cap reached, a provider down. Emitted by whoever notices, delivered by
/// the alerts; its JSON is what webhooks receive.
public struct Event: Sendable, Hashable {
    /// `evt_…`, made by whoever emits the event; the same event keeps it through every delivery.
    public let id: Identifier
    /// What happened.
    public let type: EventType
    /// When it happened.
    public let createdAt: Timestamp
    /// The particulars: the text of one JSON object.
    public let data: String

    /// Makes an event; `data` is the text of one JSON object.
    public init(id: Identifier, type: EventType, createdAt: Timestamp, data: String) {
        self.id = id
        self.type = type
        self.createdAt = createdAt
        self.data = data
    }

    /// The whole event as JSON, as webhooks receive it: `{"id","type","created_at","data"}`.
    public var json: String {
        var json = JSONText()
        json.object { json in
            json.member("id", id.text)
            json.member("type", type.rawValue)
            json.member("created_at", createdAt.iso8601)
            json.key("data")
            json.raw(data)
        }
        return json.text
    }
}

/// The kinds of events, by the names that webhooks subscribe to.
public enum EventType: String, Sendable, CaseIterable {
    /// A budget's use passed one of its thresholds, for the first time in its period.
    case budgetThresholdReached = "budget.threshold_reached"
    /// A budget's cap was reached or stood in a request's way, for the first time in its period.
    case budgetExceeded = "budget.exceeded"
    /// A routing config was made.
    case routingConfigCreated = "routing_config.created"
    /// A routing config has a new version.
    case routingConfigUpdated = "routing_config.updated"
    /// A routing config was removed.
    case routingConfigDeleted = "routing_config.deleted"
    /// A provider became healthy or ceased to be.
    case providerHealthChanged = "provider.health_changed"
    /// A project key was revoked.
    case apiKeyRevoked = "api_key.revoked"
    /// Requests do not look as they did.
    case requestAnomalyDetected = "request.anomaly_detected"
    /// An experiment has its result.
    case experimentCompleted = "experiment.completed"
    /// An experiment found that the candidate is worse.
    case experimentRegressionDetected = "experiment.regression_detected"
}
