import ModeluxCore
import ModeluxHTTP

/// What a broken call means: for the record, for the caller, and for the money.
struct UpstreamVerdict {
    let outcome: AttemptRecord.Outcome
    let reason: String
    let failure: Failure
    /// Whether the provider may have worked, and charged, although no answer came.
    let mayHaveSpent: Bool

    /// The gateway stops, and its time for answers to end by themselves is up.
    static let stopping = UpstreamVerdict(
        .cancelled, "the gateway is stopping",
        Failure(.overloaded, "the gateway is stopping: send the request again", retryAfterSeconds: 1),
        mayHaveSpent: true)

    /// Judges an error of the upstream client.
    init(_ error: UpstreamError, provider: String, timeouts: AttemptTimeouts) {
        let subject = "provider \"\(provider)\""
        switch error {
        case .cancelled:
            self.init(.cancelled, "the client left", Failure(.clientGone, "the client left"), mayHaveSpent: true)
        case .connectTimeout:
            let reason = "no connection within \(timeouts.connect)"
            self.init(.timeout, reason, Failure(.providerTimeout, "\(subject): \(reason)"), mayHaveSpent: false)
        case .firstByteTimeout:
            let reason = "no first byte within \(timeouts.firstByte)"
            self.init(.timeout, reason, Failure(.providerTimeout, "\(subject): \(reason)"), mayHaveSpent: true)
        case .idleTimeout:
            let reason = "silent for \(timeouts.idle)"
            self.init(.timeout, reason, Failure(.providerTimeout, "\(subject): \(reason)"), mayHaveSpent: true)
        case .totalTimeout:
            let reason = "not finished within \(timeouts.total)"
            self.init(.timeout, reason, Failure(.providerTimeout, "\(subject): \(reason)"), mayHaveSpent: true)
        case .connectFailed(let cause), .tls(let cause):
            let failure = Failure(.providerError, "\(subject) cannot be reached: \(cause)", cause: cause)
            self.init(.connectionError, cause, failure, mayHaveSpent: false)
        case .resetBeforeHead:
            let reason = "the connection broke before an answer"
            self.init(.connectionError, reason, Failure(.providerError, "\(subject): \(reason)"), mayHaveSpent: true)
        case .resetMidBody(let cause):
            let reason = "the answer broke off"
            self.init(
                .connectionError, reason, Failure(.providerError, "\(subject): \(reason)", cause: cause),
                mayHaveSpent: true)
        case .malformed(let cause):
            let reason = "the answer is not HTTP as it must be"
            self.init(
                .serverError, reason, Failure(.providerError, "\(subject): \(reason)", cause: cause), mayHaveSpent: true
            )
        case .tooLarge:
            let reason = "the answer is larger than the gateway takes"
            self.init(.serverError, reason, Failure(.providerError, "\(subject): \(reason)"), mayHaveSpent: true)
        }
    }

    /// Says a verdict by its parts.
    init(_ outcome: AttemptRecord.Outcome, _ reason: String, _ failure: Failure, mayHaveSpent: Bool) {
        self.outcome = outcome
        self.reason = reason
        self.failure = failure
        self.mayHaveSpent = mayHaveSpent
    }
}
