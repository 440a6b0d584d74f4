import ModeluxCore

/// The binary form of decision traces, a part of a record's.
enum TraceCodec {
    /// Candidates beyond this many are left out.
    static let maximumCandidates = 64
    /// Dropped request parts beyond this many are left out.
    static let maximumDropped = 64
    /// Rules beyond this many are left out.
    static let maximumRules = 64
    /// Budgets beyond this many are left out.
    static let maximumBudgets = 16

    static func encode(_ trace: DecisionTrace?, to writer: inout ByteWriter) {
        guard let trace else { return writer.byte(0) }
        writer.byte(1)
        writer.byte(number(trace.resolution))
        RecordCodec.optional(trace.policy, limit: Limit.identifier, to: &writer)
        writer.varint(UInt64(min(trace.candidates.count, maximumCandidates)))
        for candidate in trace.candidates.prefix(maximumCandidates) {
            writer.text(candidate.target, limit: Limit.model)
            writer.byte(number(candidate.verdict))
            writer.text(candidate.reason, limit: Limit.reason)
            writer.signed(candidate.expectedCost?.nanoUSD ?? .min)
        }
        writer.varint(UInt64(min(trace.dropped.count, maximumDropped)))
        for part in trace.dropped.prefix(maximumDropped) { writer.text(part, limit: Limit.name) }
        writer.text(trace.decision, limit: Limit.reason)
        encodeLaterFields(trace, to: &writer)
        writer.varint(UInt64(min(trace.budgets.count, maximumBudgets)))
        for budget in trace.budgets.prefix(maximumBudgets) { encode(budget, to: &writer) }
    }

    /// What traces have since their first form: readers of that form end before it.
    private static func encodeLaterFields(_ trace: DecisionTrace, to writer: inout ByteWriter) {
        writer.text(trace.reason, limit: Limit.reason)
        RecordCodec.optional(trace.variant, limit: Limit.name, to: &writer)
        for candidate in trace.candidates.prefix(maximumCandidates) {
            writer.milliseconds(candidate.medianMilliseconds ?? -1)
        }
        writer.varint(UInt64(min(trace.rules.count, maximumRules)))
        for rule in trace.rules.prefix(maximumRules) {
            writer.signed(Int64(rule.index))
            writer.text(rule.condition, limit: Limit.reason)
            writer.byte(rule.matched ? 1 : 0)
        }
        guard let cache = trace.cache else { return writer.byte(0) }
        writer.byte(1)
        writer.byte(cache.mode == .exact ? 0 : 1)
        writer.byte(cache.result == .hit ? 0 : cache.result == .miss ? 1 : 2)
        writer.signed(cache.saved?.nanoUSD ?? .min)
    }

    private static func decodeLaterFields(_ trace: inout DecisionTrace, _ reader: inout ByteReader) {
        trace.reason = reader.text()
        trace.variant = RecordCodec.optional(&reader)
        for index in trace.candidates.indices {
            let median = reader.milliseconds()
            trace.candidates[index].medianMilliseconds = median < 0 ? nil : median
        }
        let rules = reader.length()
        for _ in 0..<rules where !reader.hasFailed {
            trace.rules.append(
                Plan.RuleOutcome(
                    index: reader.int(), condition: reader.text(), matched: reader.byte() == 1))
        }
        guard reader.byte() == 1 else { return }
        let mode: CachePolicy.Mode = reader.byte() == 0 ? .exact : .semantic
        let result = reader.byte()
        let saved = reader.signed()
        trace.cache = DecisionTrace.CacheNote(
            mode: mode, result: result == 0 ? .hit : result == 1 ? .miss : .skipped,
            saved: saved == .min ? nil : Money(nanoUSD: saved))
    }

    /// Reads a trace or its absence; bytes that are neither fail the reader.
    static func decode(_ reader: inout ByteReader) -> DecisionTrace? {
        guard reader.byte() == 1 else { return nil }
        guard let resolution = resolution(reader.byte()) else {
            reader.fail()
            return nil
        }
        var trace = DecisionTrace(resolution: resolution, policy: RecordCodec.optional(&reader))
        let candidates = reader.length()
        for _ in 0..<candidates where !reader.hasFailed {
            let target = reader.text()
            guard let verdict = verdict(reader.byte()) else {
                reader.fail()
                return nil
            }
            let reason = reader.text()
            let cost = reader.signed()
            trace.candidates.append(
                DecisionTrace.Candidate(
                    target: target, verdict: verdict, reason: reason,
                    expectedCost: cost == .min ? nil : Money(nanoUSD: cost)))
        }
        let dropped = reader.length()
        for _ in 0..<dropped where !reader.hasFailed { trace.dropped.append(reader.text()) }
        trace.decision = reader.text()
        if !reader.isAtEnd { decodeLaterFields(&trace, &reader) }
        guard !reader.isAtEnd else { return trace }
        let budgets = reader.length()
        for _ in 0..<budgets where !reader.hasFailed {
            guard let budget = budget(&reader) else {
                reader.fail()
                return nil
            }
            trace.budgets.append(budget)
        }
        return trace
    }

    private static func encode(_ budget: DecisionTrace.BudgetLine, to writer: inout ByteWriter) {
        writer.text(budget.name, limit: Limit.model)
        RecordCodec.optional(budget.subject, limit: Limit.model, to: &writer)
        writer.byte(number(budget.action) | (budget.isEnforced ? 0x10 : 0))
        writer.signed(budget.spend.nanoUSD)
        writer.signed(budget.held.nanoUSD)
        writer.signed(budget.cap.nanoUSD)
    }

    private static func budget(_ reader: inout ByteReader) -> DecisionTrace.BudgetLine? {
        let (name, subject, flags) = (reader.text(), RecordCodec.optional(&reader), reader.byte())
        guard let action = action(flags & 0x0F) else { return nil }
        return DecisionTrace.BudgetLine(
            name: name, subject: subject, action: action, isEnforced: flags & 0x10 != 0,
            spend: Money(nanoUSD: reader.signed()), held: Money(nanoUSD: reader.signed()),
            cap: Money(nanoUSD: reader.signed()))
    }

    private static func number(_ action: Budget.Action) -> UInt8 {
        switch action {
        case .block: 0
        case .downgrade: 1
        case .warnOnly: 2
        }
    }

    private static func action(_ number: UInt8) -> Budget.Action? {
        switch number {
        case 0: .block
        case 1: .downgrade
        case 2: .warnOnly
        default: nil
        }
    }

    private static func number(_ resolution: Plan.Resolution) -> UInt8 {
        switch resolution {
        case .config: 0
        case .direct: 1
        case .auto: 2
        }
    }

    private static func resolution(_ number: UInt8) -> Plan.Resolution? {
        switch number {
        case 0: .config
        case 1: .direct
        case 2: .auto
        default: nil
        }
    }

    private static func number(_ verdict: DecisionTrace.Verdict) -> UInt8 {
        switch verdict {
        case .tried: 0
        case .skipped: 1
        case .rejected: 2
        case .unused: 3
        }
    }

    private static func verdict(_ number: UInt8) -> DecisionTrace.Verdict? {
        switch number {
        case 0: .tried
        case 1: .skipped
        case 2: .rejected
        case 3: .unused
        default: nil
        }
    }
}
