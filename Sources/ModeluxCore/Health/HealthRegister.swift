/// How all targets are doing: windows and breakers, and what configs usually answer with. One value, bounded in memory,
/// that its owner guards by a lock.
public struct HealthRegister: Sendable {
    /// At most this many targets are remembered; past it the one that was idle longest is forgotten.
    public static let maximumTargets = 1024
    /// What health is judged by.
    public static let window = Duration.seconds(300)
    private static let breakerWindow = Duration.seconds(60)

    private struct Entry: Sendable {
        var name: String
        var window = HealthWindow()
        var breaker = CircuitBreaker()
        var lastUse: UInt64
    }

    private var entries: [HealthKey: Entry] = [:]
    private var outputs: [Identifier: OutputHistory] = [:]
    /// How many entries are about credentials.
    private var accounts = 0
    /// How many breakers are not closed.
    private var troubled = 0

    /// Nothing is known.
    public init() {}

    /// A change that operators want to know of.
    public struct Change: Sendable, Hashable {
        /// The target.
        public let key: HealthKey
        /// The provider's name.
        public let provider: String
        /// What it was.
        public let before: HealthState
        /// What it is now.
        public let after: HealthState

        /// The change as the data of an event.
        public var json: String {
            var json = JSONText()
            json.object { json in
                json.member("provider_id", key.provider.text)
                json.member("provider", provider)
                json.member("model", key.model)
                json.member("before", before.rawValue)
                json.member("state", after.rawValue)
            }
            return json.text
        }
    }

    /// Asks for one request at a target. O(1); where every breaker is closed nothing is looked up.
    public mutating func admit(_ key: HealthKey, at now: UInt64) -> CircuitBreaker.Admission {
        guard troubled > 0 else { return .allowed }
        let account = HealthKey(provider: key.provider, model: "")
        let credential = accounts > 0 ? entries[account]?.breaker.admit(at: now) ?? .allowed : .allowed
        guard credential != .refused else { return .refused }
        let own = entries[key]?.breaker.admit(at: now) ?? .allowed
        return own == .allowed ? credential : own
    }

    /// Takes an attempt's end. O(1).
    /// - Returns: the change of state that it made, if any.
    public mutating func record(
        _ sample: HealthSample, of key: HealthKey, provider: String, at now: UInt64
    ) -> Change? {
        if sample == .credentialRefused || accounts > 0 {
            let account = HealthKey(provider: key.provider, model: "")
            if sample == .credentialRefused || entries[account] != nil { noteAccount(account, sample, provider, now) }
        }
        if entries.count >= HealthRegister.maximumTargets, entries[key] == nil { forgetOne() }
        let (before, after) = HealthRegister.note(
            sample, &entries[key, default: Entry(name: provider, lastUse: now)], at: now)
        count(before, after)
        return before == after ? nil : Change(key: key, provider: provider, before: before, after: after)
    }

    private mutating func noteAccount(_ key: HealthKey, _ sample: HealthSample, _ name: String, _ now: UInt64) {
        if entries[key] == nil { accounts += 1 }
        var entry = entries[key] ?? Entry(name: name, lastUse: now)
        let before = entry.breaker.state(at: now)
        switch sample {
        case .credentialRefused: entry.breaker.open(at: now)
        case .success: entry.breaker.succeed()
        case .failure, .modelRefused, .neutral: entry.breaker.passOver()
        }
        entry.lastUse = now
        count(before, entry.breaker.state(at: now))
        entries[key] = entry
    }

    private static func note(
        _ sample: HealthSample, _ entry: inout Entry, at now: UInt64
    ) -> (before: HealthState, after: HealthState) {
        let before = entry.breaker.state(at: now)
        entry.lastUse = now
        switch sample {
        case .success(let milliseconds):
            entry.window.record(success: milliseconds, at: now)
            entry.breaker.succeed()
        case .failure:
            entry.window.record(success: nil, at: now)
            let (attempts, failures) = entry.window.counts(of: HealthRegister.breakerWindow, at: now)
            let isFailingOften = attempts >= CircuitBreaker.minimumAttempts && failures * 2 >= attempts
            entry.breaker.fail(at: now, isFailingOften: isFailingOften)
        case .credentialRefused, .modelRefused:
            entry.window.record(success: nil, at: now)
            entry.breaker.open(at: now)
        case .neutral: entry.breaker.passOver()
        }
        return (before, entry.breaker.state(at: now))
    }

    /// Keeps the number of breakers that are not closed.
    private mutating func count(_ before: HealthState, _ after: HealthState) {
        if before == .closed, after != .closed { troubled += 1 }
        if before != .closed, after == .closed { troubled = max(0, troubled - 1) }
    }

    /// Takes the output tokens of an answer that a config gave.
    public mutating func record(outputTokens: Int64, of config: Identifier) {
        if outputs.count >= HealthRegister.maximumTargets, outputs[config] == nil { outputs.removeAll() }
        outputs[config, default: OutputHistory()].record(outputTokens)
    }

    /// All of it as one immutable value, for planning.
    public func view(at now: UInt64) -> HealthView {
        var readings: [HealthKey: HealthReading] = [:]
        for (key, entry) in entries {
            readings[key] = HealthReading(
                provider: entry.name, state: entry.breaker.state(at: now), window: entry.window, at: now)
        }
        return HealthView(readings: readings, usualOutputs: outputs.mapValues(\.usual), madeAt: now)
    }

    /// Forgets providers that are gone.
    public mutating func keepOnly(_ providers: Set<Identifier>) {
        entries = entries.filter { providers.contains($0.key.provider) }
        recount()
    }

    private mutating func forgetOne() {
        guard let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) else { return }
        entries[oldest.key] = nil
        recount()
    }

    private mutating func recount() {
        accounts = entries.keys.count { $0.model.isEmpty }
        troubled = entries.values.count { !$0.breaker.isClosed }
    }
}

/// How long a config's answers usually are: a mean in which new answers weigh more than old ones.
public struct OutputHistory: Sendable, Hashable {
    /// The mean in tokens.
    public private(set) var usual: Double = 0
    private var count = 0

    /// Nothing is known.
    public init() {}

    /// Takes an answer.
    public mutating func record(_ tokens: Int64) {
        count = min(count + 1, 50)
        usual += (Double(max(0, tokens)) - usual) / Double(count)
    }
}
