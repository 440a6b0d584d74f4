/// How a target is doing, as its circuit breaker sees it.
public enum HealthState: String, Sendable, Hashable, CaseIterable {
    /// It is used.
    case closed
    /// It failed lately and is tried again, one request at a time.
    case halfOpen = "half_open"
    /// It is left alone.
    case open

    /// The word that rules compare with.
    public var word: String {
        switch self {
        case .closed: "healthy"
        case .halfOpen: "degraded"
        case .open: "down"
        }
    }

    /// The better, the lower.
    var rank: Int {
        switch self {
        case .closed: 0
        case .halfOpen: 1
        case .open: 2
        }
    }

    /// The state that a rule names: by its word, or as the management API shows it.
    init?(ruleWord: String) {
        guard let state = HealthState.allCases.first(where: { $0.word == ruleWord || $0.rawValue == ruleWord }) else {
            return nil
        }
        self = state
    }
}

/// Which target a health is about: a model behind one credential.
public struct HealthKey: Sendable, Hashable {
    /// The provider, and with it the credential.
    public let provider: Identifier
    /// The model's name there; empty where the credential itself is meant.
    public let model: String

    /// Names a target.
    public init(provider: Identifier, model: String) {
        self.provider = provider
        self.model = model
    }
}

/// What an attempt says about the health of its target.
public enum HealthSample: Sendable, Hashable {
    /// It answered; how long that took, in milliseconds.
    case success(milliseconds: Double)
    /// It failed by its own fault.
    case failure
    /// Its credential was refused.
    case credentialRefused
    /// The credential may not use this model.
    case modelRefused
    /// It says nothing: the caller left, or the request was wrong.
    case neutral

    /// Reads an attempt. A request that the provider refused as wrong was answered all the same.
    public init(_ attempt: AttemptRecord) {
        switch attempt.outcome {
        case .success, .notAccepted, .invalidRequest:
            self = .success(milliseconds: attempt.firstByteMilliseconds ?? attempt.durationMilliseconds)
        case .timeout, .rateLimited, .serverError, .connectionError: self = .failure
        case .authError: self = attempt.status == 401 ? .credentialRefused : .modelRefused
        case .cancelled: self = .neutral
        }
    }
}
