/// A routing config's strategy.
public enum Policy: Sendable {
    /// One model.
    case single(Target)

    /// The name in the management API and in traces.
    public var name: String {
        switch self {
        case .single: "single"
        }
    }
}

/// A model at a provider, as a routing config names it.
public struct Target: Sendable, Hashable {
    /// `provider/model`, or a bare model name.
    public let model: String
    /// The provider credential to use, where the name alone would choose another.
    public let providerID: Identifier?
    /// The longest wait for the answer's first byte, if it differs from the config's.
    public let timeout: Duration?

    /// Makes a target.
    public init(model: String, providerID: Identifier? = nil, timeout: Duration? = nil) {
        self.model = model
        self.providerID = providerID
        self.timeout = timeout
    }
}
