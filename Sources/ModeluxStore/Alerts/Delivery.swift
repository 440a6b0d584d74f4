public import ModeluxCore

/// An event as the alerts keep it. Its type is a text, since tests are events too and a newer version may know others.
public struct AlertEvent: Sendable, Hashable {
    /// The type of what the test button sends.
    public static let testType = "webhook.test"
    /// `evt_…`
    public let id: Identifier
    /// What happened: `budget.exceeded`.
    public let type: String
    /// When it happened.
    public let createdAt: Timestamp
    /// The particulars: the text of one JSON object.
    public let data: String

    /// Makes an event.
    public init(id: Identifier, type: String, createdAt: Timestamp, data: String) {
        self.id = id
        self.type = type
        self.createdAt = createdAt
        self.data = data
    }

    /// Takes an event over.
    public init(_ event: Event) {
        self.init(id: event.id, type: event.type.rawValue, createdAt: event.createdAt, data: event.data)
    }

    /// The JSON that webhooks receive: `{"id","type","created_at","data"}`.
    public var json: String {
        var json = JSONText()
        json.object { json in
            json.member("id", id.text)
            json.member("type", type)
            json.member("created_at", createdAt.iso8601)
            json.key("data")
            json.raw(data)
        }
        return json.text
    }
}

/// How far a delivery has come.
public enum DeliveryStatus: String, Sendable, CaseIterable {
    /// It waits for its turn, or for the next try.
    case pending
    /// The receiver took it.
    case delivered
    /// It was given up.
    case failed
    /// It was not wanted any more: the endpoint is gone or disabled.
    case cancelled
}

/// One event on its way to one target.
public struct Delivery: Sendable {
    /// `dlv_…`
    public let id: Identifier
    /// What is delivered.
    public let event: AlertEvent
    /// Where to.
    public let target: AlertTarget
    /// How far it has come.
    public let status: DeliveryStatus
    /// How often it was tried.
    public let attemptCount: Int
    /// When it was queued.
    public let createdAt: Timestamp
    /// When it was delivered, given up or cancelled.
    public let finishedAt: Timestamp?
    /// What the receiver answered last: an HTTP status, or the code of an SMTP reply.
    public let lastStatus: Int?
    /// Why the last try failed, or why it ended.
    public let lastError: String?
    /// The delivery that this one repeats.
    public let replayOf: Identifier?
    let sequence: Int64
}

/// What became of one try.
public struct DeliveryAttempt: Sendable, Hashable {
    /// When it began.
    public let startedAt: Timestamp
    /// How long it took.
    public let durationMilliseconds: Double
    /// An HTTP status, or the code of an SMTP reply; nil when there was no answer.
    public let status: Int?
    /// Why it failed; nil when it did not.
    public let error: String?
    /// The beginning of the answer, as far as it can be read.
    public let answer: String?
    /// How long the receiver asked to be left alone.
    public let retryAfterSeconds: Int64?

    /// Notes a try.
    public init(
        startedAt: Timestamp, durationMilliseconds: Double, status: Int?, error: String?, answer: String? = nil,
        retryAfterSeconds: Int64? = nil
    ) {
        self.startedAt = startedAt
        self.durationMilliseconds = durationMilliseconds
        self.status = status
        self.error = error
        self.answer = answer
        self.retryAfterSeconds = retryAfterSeconds
    }

    /// Whether the receiver took it.
    public var isSuccess: Bool { error == nil }
}

/// A target that does not take what it is sent.
public struct FailingTarget: Sendable {
    /// Which one.
    public let target: AlertTarget
    /// Tries that failed in a row.
    public let failures: Int
    /// Since when.
    public let since: Timestamp
    /// Why the last one failed.
    public let lastError: String?
    /// Deliveries that wait for it.
    public let waiting: Int
}
