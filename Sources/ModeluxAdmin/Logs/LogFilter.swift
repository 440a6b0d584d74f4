public import ModeluxCore

/// Which records a list or a tail shall show; what is nil does not matter.
public struct LogFilter: Sendable, Hashable {
    /// From this moment on.
    public var start: Timestamp?
    /// Up to but not including this moment.
    public var end: Timestamp?
    /// Of this project.
    public var projectID: Identifier?
    /// By this key.
    public var keyID: Identifier?
    /// With a status in this range.
    public var status: ClosedRange<Int>?
    /// That failed with this code.
    public var errorCode: String?
    /// Answered by this model, or asking for it.
    public var model: String?
    /// Answered by this provider.
    public var provider: String?
    /// Of this end user.
    public var endUser: String?
    /// With all of these labels.
    public var tags: [Tags.Pair] = []
    /// Of this agent run or user turn.
    public var traceID: String?
    /// Of this conversation.
    public var conversationID: String?
    /// That took at least so long.
    public var minimumLatencyMilliseconds: Double?
    /// That cost at least so much.
    public var minimumCost: Money?
    /// With this text in an id, a model's name, an end user's name or an error.
    public var text: String?

    /// No condition at all.
    public init() {}

    /// Whether a record is one of them.
    public func matches(_ record: RequestRecord) -> Bool {
        matchesWho(record) && matchesWhat(record)
    }

    private func matchesWho(_ record: RequestRecord) -> Bool {
        (start.map { record.createdAt >= $0 } ?? true) && (end.map { record.createdAt < $0 } ?? true)
            && (projectID.map { record.projectID == $0 } ?? true) && (keyID.map { record.keyID == $0 } ?? true)
            && (endUser.map { record.endUser == $0 } ?? true) && (traceID.map { record.traceID == $0 } ?? true)
            && (conversationID.map { record.conversationID == $0 } ?? true)
            && tags.allSatisfy { record.tags[$0.key] == $0.value }
    }

    private func matchesWhat(_ record: RequestRecord) -> Bool {
        (status.map { $0.contains(record.status) } ?? true) && (errorCode.map { record.errorCode == $0 } ?? true)
            && (model.map { record.model == $0 || record.requestedModel == $0 } ?? true)
            && (provider.map { record.provider == $0 } ?? true)
            && (minimumLatencyMilliseconds.map { record.latency.totalMilliseconds >= $0 } ?? true)
            && (minimumCost.map { record.cost.total >= $0 } ?? true) && (text.map { contains($0, record) } ?? true)
    }

    private func contains(_ text: String, _ record: RequestRecord) -> Bool {
        let places = [
            record.requestID.description, record.requestedModel, record.model, record.endUser, record.errorCode,
            record.errorMessage, record.traceID, record.conversationID,
        ]
        return places.contains { $0?.lowercased().contains(text.lowercased()) ?? false }
    }
}
