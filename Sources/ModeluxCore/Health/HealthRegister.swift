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
    }

    /// Asks for one request at a target.
    public mutating func admit(_ key: HealthKey, at now: UInt64) -> CircuitBreaker.Admission {
        let credential = entries[HealthKey(provider: key.provider, model: "")]?.breaker.admit(at: now) ?? .allowed
        guard credential != .refused else { return .refused }
        let own = entries[key]?.breaker.admit(at: now) ?? .allowed
        return own == .allowed ? credential : own
    }

    /// Takes an attempt's end.
    /// - Returns: the change of state that it made, if any.
    public mutating func record(
        _ sample: HealthSample, of key: HealthKey, provider: String, at now: UInt64
    ) -> Change? {
        let account = HealthKey(provider: key.provider, model: "")
        if sample == .credentialRefused {
            update(account, provider, at: now) { $0.breaker.open(at: now) }
        } else if entries[account] != nil {
            update(account, provider, at: now) { entry in
                switch sample {
                case .success: entry.breaker.succeed()
                default: entry.breaker.passOver()
                }
            }
        }
        return update(key, provider, at: now) { entry in
            switch sample {
            case .success(let milliseconds):
                entry.window.record(success: milliseconds, at: now)
                entry.breaker.succeed()
            case .failure:
                entry.window.record(success: nil, at: now)
                let (attempts, failures) = entry.window.counts(of: HealthRegister.breakerWindow, at: now)
                let isFailingOften = attempts >= CircuitBreaker.minimumAttempts && failures * 2 >= attempts
                entry.breaker.fail(at: now, isFailingOften: isFailingOften)
            case .credentialRefused:
                entry.window.record(success: nil, at: now)
                entry.breaker.open(at: now)
            case .neutral: entry.breaker.passOver()
            }
        }
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
    }

    @discardableResult
    private mutating func update(
        _ key: HealthKey, _ name: String, at now: UInt64, _ change: (inout Entry) -> Void
    ) -> Change? {
        if entries.count >= HealthRegister.maximumTargets, entries[key] == nil { forgetOne() }
        var entry = entries.removeValue(forKey: key) ?? Entry(name: name, lastUse: now)
        let before = entry.breaker.state(at: now)
        change(&entry)
        let after = entry.breaker.state(at: now)
        entry.lastUse = now
        entry.name = name
        entries[key] = entry
        return before == after ? nil : Change(key: key, provider: name, before: before, after: after)
    }

    private mutating func forgetOne() {
        if let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) { entries[oldest.key] = nil }
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
