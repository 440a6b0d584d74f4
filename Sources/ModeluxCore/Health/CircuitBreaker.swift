/// Keeps requests away from a target that fails: closed → open → half-open, where live requests probe one at a time.
/// Time is an argument.
public struct CircuitBreaker: Sendable, Hashable {
    /// This many failures in a row open it.
    public static let consecutiveFailures = 5
    /// With at least this many attempts in the window, half of them failing opens it too.
    public static let minimumAttempts = 20
    /// How long it stays open at first; each probe that fails doubles it.
    public static let firstPause = Duration.seconds(30)
    /// The longest it stays open between two probes.
    public static let longestPause = Duration.seconds(300)
    /// A probe that has not ended after this long no longer keeps others from probing.
    private static let probePatience = Duration.seconds(60)

    private enum State: Sendable, Hashable {
        case closed(failures: Int)
        case open(until: UInt64, pause: UInt64)
        case halfOpen(pause: UInt64, probeSince: UInt64?)
    }

    private var state = State.closed(failures: 0)

    /// A closed breaker.
    public init() {}

    /// Whether a request may go through.
    public enum Admission: Sendable, Hashable {
        case allowed
        /// It may, and its end decides.
        case probe
        case refused
    }

    /// The state at `now` (monotonic nanoseconds): an open breaker whose pause is over counts as half-open.
    public func state(at now: UInt64) -> HealthState {
        switch state {
        case .closed: .closed
        case .open(let until, _): now >= until ? .halfOpen : .open
        case .halfOpen: .halfOpen
        }
    }

    /// Whether requests go through without a question.
    public var isClosed: Bool { if case .closed = state { true } else { false } }

    /// When it will be half-open, if it is open.
    public var opensAgainAt: UInt64? {
        guard case .open(let until, _) = state else { return nil }
        return until
    }

    /// Asks for one request. O(1).
    public mutating func admit(at now: UInt64) -> Admission {
        switch state {
        case .closed: return .allowed
        case .open(let until, let pause):
            guard now >= until else { return .refused }
            state = .halfOpen(pause: pause, probeSince: now)
            return .probe
        case .halfOpen(let pause, let since):
            if let since, now < since &+ CircuitBreaker.probePatience.nanoseconds { return .refused }
            state = .halfOpen(pause: pause, probeSince: now)
            return .probe
        }
    }

    /// Takes a success.
    public mutating func succeed() { state = .closed(failures: 0) }

    /// Takes a failure; `isFailingOften` says whether the window as a whole looks bad.
    public mutating func fail(at now: UInt64, isFailingOften: Bool) {
        let first = CircuitBreaker.firstPause.nanoseconds
        switch state {
        case .closed(let failures):
            let isOver = failures + 1 >= CircuitBreaker.consecutiveFailures || isFailingOften
            state = isOver ? .open(until: now &+ first, pause: first) : .closed(failures: failures + 1)
        case .halfOpen(let pause, _): reopen(after: pause, at: now)
        // An attempt that began before it opened: it says nothing new.
        case .open(let until, let pause):
            if now >= until { reopen(after: pause, at: now) }
        }
    }

    /// Opens it at once.
    public mutating func open(at now: UInt64) {
        switch state {
        case .closed:
            let first = CircuitBreaker.firstPause.nanoseconds
            state = .open(until: now &+ first, pause: first)
        case .halfOpen(let pause, _), .open(_, let pause): reopen(after: pause, at: now)
        }
    }

    /// Takes the end of an attempt that says nothing: the next request may probe.
    public mutating func passOver() {
        if case .halfOpen(let pause, _) = state { state = .halfOpen(pause: pause, probeSince: nil) }
    }

    private mutating func reopen(after pause: UInt64, at now: UInt64) {
        let longest = CircuitBreaker.longestPause.nanoseconds
        let doubled = min(longest, pause.multipliedReportingOverflow(by: 2).partialValue)
        state = .open(until: now &+ doubled, pause: doubled)
    }
}
