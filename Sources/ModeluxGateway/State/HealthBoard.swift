public import ModeluxCore
import Synchronization

/// How all providers are doing, for all requests at once.
public final class HealthBoard: Sendable {
    private struct State {
        var register = HealthRegister()
        var view = HealthView.empty
        /// Until when the view may be handed out although more is known.
        var viewExpires: UInt64 = 0
        var isStale = false
    }

    /// A view is at most this old; a change of state is in it at once.
    private static let viewLifetime: UInt64 = 100_000_000

    private let state = Mutex(State())
    private let monotonic: @Sendable () -> UInt64
    private let onChange: @Sendable (HealthRegister.Change) -> Void

    /// A board on which nothing is known.
    /// - Parameters:
    ///   - monotonic: nanoseconds that only ever grow.
    ///   - onChange: called when a target's state has changed; must return at once.
    public init(
        monotonic: @escaping @Sendable () -> UInt64 = OperationClock.system().monotonic,
        onChange: @escaping @Sendable (HealthRegister.Change) -> Void = { _ in }
    ) {
        self.monotonic = monotonic
        self.onChange = onChange
    }

    /// How all targets are doing. One lock and one retain, but ten times a second at most a new view is made.
    public var view: HealthView {
        let now = monotonic()
        return state.withLock { state in
            if state.isStale, now >= state.viewExpires { HealthBoard.renew(&state, at: now) }
            return state.view
        }
    }

    /// Asks for one request at a target.
    func admit(_ key: HealthKey) -> CircuitBreaker.Admission {
        let now = monotonic()
        return state.withLock { $0.register.admit(key, at: now) }
    }

    /// Takes an attempt's end.
    func record(_ sample: HealthSample, of candidate: Plan.Candidate) {
        let now = monotonic()
        let change = state.withLock { state -> HealthRegister.Change? in
            let change = state.register.record(
                sample, of: candidate.healthKey, provider: candidate.provider.name, at: now)
            state.isStale = true
            if change != nil || sample == .credentialRefused { HealthBoard.renew(&state, at: now) }
            return change
        }
        if let change { onChange(change) }
    }

    /// Takes the output tokens of an answer that a config gave.
    func record(outputTokens: Int64, of config: Identifier) {
        state.withLock {
            $0.register.record(outputTokens: outputTokens, of: config)
            $0.isStale = true
        }
    }

    /// Forgets providers that are gone, after a change of configuration.
    public func keepOnly(_ providers: Set<Identifier>) {
        let now = monotonic()
        state.withLock { state in
            state.register.keepOnly(providers)
            HealthBoard.renew(&state, at: now)
        }
    }

    private static func renew(_ state: inout State, at now: UInt64) {
        state.view = state.register.view(at: now)
        state.viewExpires = now &+ viewLifetime
        state.isStale = false
    }
}
