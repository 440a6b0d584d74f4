public import ModeluxCore

/// Which records a list is to hold; nil means any.
public struct LogFilter: Sendable {
    /// The first moment, inclusive.
    public var start: Timestamp?
    /// The last moment, exclusive.
    public var end: Timestamp?
    /// The project's id.
    public var projectID: String?
    /// The key's id.
    public var keyID: String?
    /// HTTP statuses, such as 200 … 299.
    public var status: ClosedRange<Int>?
    /// The failure's code.
    public var errorCode: String?
    /// The model that answered.
    public var model: String?
    /// The provider's name.
    public var provider: String?
    /// The end user.
    public var endUser: String?
    /// Labels that all have to be there.
    public var tags = Tags()
    /// The agent run.
    public var traceID: String?
    /// The thread.
    public var conversationID: String?
    /// Total time, at least, in milliseconds.
    public var minimumLatencyMilliseconds: Double?
    /// Cost, at least.
    public var minimumCost: Money?
    /// A text that occurs, in this case, in any text of the record; a request id finds that record.
    public var text: String?

    /// A filter that everything passes.
    public init() {}

    /// Whether a record passes, for those who see it without a query.
    public func matches(_ record: RequestRecord) -> Bool { matchesWho(record) && matchesWhat(record) }

    private func matchesWho(_ record: RequestRecord) -> Bool {
        (start.map { record.createdAt >= $0 } ?? true) && (end.map { record.createdAt < $0 } ?? true)
            && (projectID.map { record.projectID?.text == $0 } ?? true)
            && (keyID.map { record.keyID?.text == $0 } ?? true) && (endUser.map { record.endUser == $0 } ?? true)
            && (traceID.map { record.traceID == $0 } ?? true)
            && (conversationID.map { record.conversationID == $0 } ?? true)
            && tags.pairs.allSatisfy { record.tags[$0.key] == $0.value }
    }

    private func matchesWhat(_ record: RequestRecord) -> Bool {
        (status.map { $0.contains(record.status) } ?? true) && (errorCode.map { record.errorCode == $0 } ?? true)
            && (model.map { record.model == $0 } ?? true) && (provider.map { record.provider == $0 } ?? true)
            && (minimumLatencyMilliseconds.map { record.latency.totalMilliseconds >= $0 } ?? true)
            && (minimumCost.map { record.cost.total >= $0 } ?? true) && (text.map { occurs($0, in: record) } ?? true)
    }

    private func occurs(_ text: String, in record: RequestRecord) -> Bool {
        let places = [
            record.requestID.description, record.requestedModel, record.model, record.provider, record.endUser,
            record.errorCode, record.errorMessage, record.traceID, record.conversationID,
        ]
        return places.contains { $0?.contains(text) ?? false }
    }
}

/// One page of a list, newest first.
public struct LogPage: Sendable {
    /// The records, without bodies.
    public var records: [RequestRecord] = []
    /// Where the next page begins: pass it as `before`. Nil at the end.
    public var next: RequestID?
    /// True when the time was up, or a file could not be read, before the page was full: `next`, if there is one,
    /// carries on.
    public var isPartial = false
}

/// The bodies of one operation.
public struct StoredBodies: Sendable {
    /// The request as the caller sent it.
    public var request: [UInt8]
    /// The answer as the caller got it.
    public var response: [UInt8]
    /// True when the request was longer than what is kept.
    public var isRequestCut: Bool
    /// True when the answer was longer than what is kept.
    public var isResponseCut: Bool
}
