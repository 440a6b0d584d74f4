/// What the record pipeline may take and must keep.
public struct PipelineSettings: Sendable {
    /// The journal's part.
    public var journal: JournalSettings
    /// The bodies' part.
    public var bodies: BodyQueue.Limits

    /// Makes settings; what is not named is the default.
    public init(journal: JournalSettings = JournalSettings(), bodies: BodyQueue.Limits = BodyQueue.Limits()) {
        self.journal = journal
        self.bodies = bodies
    }
}

/// What the pipeline has done and holds, for metrics and the system page.
public struct PipelineStatistics: Sendable {
    /// The journal's counters.
    public var journal = JournalFigures()
    /// The sequence of the last journal entry that ledger and records hold.
    public var drainedSequence: UInt64 = 0
    /// Records written since the start.
    public var drainedRecords: UInt64 = 0
    /// Operations that the last stop left open; they were booked as unsettled.
    public var unsettledAtStart = 0
    /// Journal entries that were damaged at the start.
    public var damagedAtStart = 0
    /// Bytes of bodies that wait.
    public var bodyBytes = 0
    /// Bodies that wait, in pairs of request and answer.
    public var bodiesWaiting = 0
    /// Pairs of bodies stored since the start.
    public var bodiesStored: UInt64 = 0
    /// Pairs of bodies left out since the start.
    public var bodiesShed: UInt64 = 0
    /// The last thing that went wrong, if it still does.
    public var lastError: String?
}
