/// How one target is doing.
public struct HealthReading: Sendable {
    /// The provider's name.
    public let provider: String
    /// What its breaker says.
    public let state: HealthState
    /// The share of attempts that succeeded; nil without attempts.
    public let successRate: Double?
    /// The median latency in milliseconds; nil without successes.
    public let medianMilliseconds: Double?
    /// The 95th percentile in milliseconds.
    public let slowMilliseconds: Double?
    /// How many attempts the figures rest on.
    public let attempts: Int
    /// The attempts themselves, for other percentiles and windows.
    public let window: HealthWindow

    /// Reads a window.
    public init(provider: String, state: HealthState, window: HealthWindow, at now: UInt64) {
        let summary = window.summary(of: HealthRegister.window, at: now)
        self.provider = provider
        self.state = state
        self.window = window
        successRate = summary.successRate
        medianMilliseconds = summary.percentile(50)
        slowMilliseconds = summary.percentile(95)
        attempts = summary.attempts
    }
}

/// How all targets are doing, as one immutable value that planning reads.
public final class HealthView: Sendable {
    /// By target; a credential's own reading has an empty model.
    public let readings: [HealthKey: HealthReading]
    /// The monotonic moment that it shows.
    public let madeAt: UInt64
    private let usualOutputs: [Identifier: Double]
    private let providers: [String: (state: HealthState, successRate: Double?)]
    private let models: [String: Double]

    /// Nothing is known: everything counts as healthy.
    public static let empty = HealthView(readings: [:])

    /// Joins readings.
    public init(readings: [HealthKey: HealthReading], usualOutputs: [Identifier: Double] = [:], madeAt: UInt64 = 0) {
        self.readings = readings
        self.usualOutputs = usualOutputs
        self.madeAt = madeAt
        var providers: [String: (state: HealthState?, successes: Double, attempts: Int)] = [:]
        var models: [String: Double] = [:]
        for (key, reading) in readings {
            var sum = providers[reading.provider] ?? (nil, 0, 0)
            // A provider is as well as its best model, unless its credential is refused.
            if !key.model.isEmpty, reading.state.rank < sum.state?.rank ?? .max { sum.state = reading.state }
            sum.attempts += reading.attempts
            sum.successes += (reading.successRate ?? 0) * Double(reading.attempts)
            providers[reading.provider] = sum
            if let median = reading.medianMilliseconds {
                for name in [key.model, reading.provider + "/" + key.model] {
                    models[name] = min(models[name] ?? .infinity, median)
                }
            }
        }
        for (key, reading) in readings where key.model.isEmpty && reading.state != .closed {
            providers[reading.provider]?.state = reading.state
        }
        self.models = models
        self.providers = providers.mapValues { sum in
            (sum.state ?? .closed, sum.attempts == 0 ? nil : sum.successes / Double(sum.attempts))
        }
    }

    /// A target's reading.
    public func reading(of key: HealthKey) -> HealthReading? { readings.isEmpty ? nil : readings[key] }

    /// A target's state, its credential's included.
    public func state(of key: HealthKey) -> HealthState {
        guard !readings.isEmpty else { return .closed }
        let credential = readings[HealthKey(provider: key.provider, model: "")]?.state ?? .closed
        let own = readings[key]?.state ?? .closed
        if credential == .open || own == .open { return .open }
        return credential == .halfOpen || own == .halfOpen ? .halfOpen : .closed
    }

    /// A provider's state by its name; one that was never called is healthy.
    public func state(ofProvider name: String) -> HealthState { providers[name]?.state ?? .closed }

    /// The share of a provider's attempts that succeeded.
    public func successRate(ofProvider name: String) -> Double? { providers[name]?.successRate }

    /// The median latency of a model in milliseconds, named bare (the best provider's) or with its provider.
    public func medianLatency(ofModel name: String) -> Double? { models[name] }

    /// The output tokens that a config's answers usually have.
    public func usualOutput(of config: Identifier) -> Double? { usualOutputs[config] }
}
