/// One operation as the log keeps it: everything but the bodies.
public struct RequestRecord: Sendable {
    /// The operation.
    public var requestID: RequestID
    /// When its first byte arrived.
    public var createdAt: Timestamp
    /// Whose it was; nil when the caller was not identified.
    public var projectID: Identifier?
    /// The key that it carried.
    public var keyID: Identifier?
    /// Which wire shape the caller spoke.
    public var surface: Surface
    /// `chat/completions`, `embeddings`, …
    public var endpoint: String
    /// Whether the caller asked for a stream.
    public var isStream: Bool
    /// The model field as the caller wrote it.
    public var requestedModel: String
    /// The provider that answered.
    public var provider: String?
    /// The model that answered, by its name at the provider.
    public var model: String?
    /// The routing config that decided.
    public var config: Plan.ConfigVersion?
    /// The HTTP status that the caller got; 499 when it had gone.
    public var status: Int
    /// The code of the failure, if it failed.
    public var errorCode: String?
    /// The failure's public sentence.
    public var errorMessage: String?
    /// Who used the caller's application.
    public var endUser: String?
    /// The caller's labels.
    public var tags: Tags
    /// One agent run or user turn.
    public var traceID: String?
    /// A long-lived thread.
    public var conversationID: String?
    /// What the caller's SDK says of itself.
    public var sdk: String?
    /// Every call to a provider, in order.
    public var attempts: [AttemptRecord]
    /// Why it went so.
    public var trace: DecisionTrace?
    /// How long it took.
    public var latency: Latency
    /// What became of the bodies.
    public var bodies: Bodies

    /// The wire shape a caller speaks.
    public enum Surface: String, Sendable {
        case openai, anthropic
    }

    /// What became of the bodies.
    public enum Bodies: String, Sendable {
        /// They are stored, or about to be.
        case stored
        /// Policy or the caller said not to.
        case off
        /// The queue was full; they were left out to save the records.
        case shed
    }

    /// Durations in milliseconds.
    public struct Latency: Sendable, Hashable {
        /// From the request's first byte to the answer's first byte to the caller.
        public var firstByteMilliseconds: Double?
        /// From the request's first byte to the answer's last.
        public var totalMilliseconds: Double
        /// The part of it that was ours: total without the time spent waiting for providers and for the caller.
        public var gatewayMilliseconds: Double

        /// Makes durations.
        public init(
            firstByteMilliseconds: Double? = nil, totalMilliseconds: Double = 0, gatewayMilliseconds: Double = 0
        ) {
            self.firstByteMilliseconds = firstByteMilliseconds
            self.totalMilliseconds = totalMilliseconds
            self.gatewayMilliseconds = gatewayMilliseconds
        }
    }

    /// The usage of all attempts together.
    public var usage: Usage {
        // In place: a copy of an attempt counts the references of all its texts.
        let attempts = attempts.span
        var sum = Usage.none
        for index in attempts.indices { sum = sum + attempts[index].usage }
        return sum
    }

    /// The cost of all attempts together.
    public var cost: Cost {
        let attempts = attempts.span
        var sum = Cost()
        for index in attempts.indices { sum = sum + attempts[index].cost }
        return sum
    }

    /// Makes a record of a request that has just arrived.
    public init(
        requestID: RequestID, createdAt: Timestamp, projectID: Identifier? = nil, keyID: Identifier? = nil,
        surface: Surface = .openai, endpoint: String, isStream: Bool = false, requestedModel: String = "",
        provider: String? = nil, model: String? = nil, config: Plan.ConfigVersion? = nil, status: Int = 0,
        errorCode: String? = nil, errorMessage: String? = nil, endUser: String? = nil, tags: Tags = Tags(),
        traceID: String? = nil, conversationID: String? = nil, sdk: String? = nil, attempts: [AttemptRecord] = [],
        trace: DecisionTrace? = nil, latency: Latency = Latency(), bodies: Bodies = .off
    ) {
        self.requestID = requestID
        self.createdAt = createdAt
        self.projectID = projectID
        self.keyID = keyID
        self.surface = surface
        self.endpoint = endpoint
        self.isStream = isStream
        self.requestedModel = requestedModel
        self.provider = provider
        self.model = model
        self.config = config
        self.status = status
        self.errorCode = errorCode
        self.errorMessage = errorMessage
        self.endUser = endUser
        self.tags = tags
        self.traceID = traceID
        self.conversationID = conversationID
        self.sdk = sdk
        self.attempts = attempts
        self.trace = trace
        self.latency = latency
        self.bodies = bodies
    }
}

/// The bytes that went in and out of one operation, for the body store.
public struct RecordBodies: Sendable {
    /// The operation.
    public let requestID: RequestID
    /// The request as the caller sent it.
    public let request: [UInt8]
    /// The answer as the caller got it; for a stream, the events as they were sent.
    public let response: [UInt8]

    /// Joins two bodies with their operation.
    public init(requestID: RequestID, request: [UInt8], response: [UInt8]) {
        self.requestID = requestID
        self.request = request
        self.response = response
    }

    /// Bytes held, for bounding queues.
    public var byteCount: Int { request.count + response.count + 64 }
}
