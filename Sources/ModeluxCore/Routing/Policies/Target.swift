/// A model at a provider or another config, as a routing config names it.
public struct Target: Sendable, Hashable {
    /// What it names.
    public let destination: Destination
    /// The provider credential to use, where the name alone would choose another.
    public let providerID: Identifier?
    /// The longest wait for the answer's first byte, if it differs from the config's.
    public let timeout: Duration?
    /// Its share among others; 1 where nothing is said.
    public let weight: Double
    /// Request members that are set for this target, over what the caller sent.
    public let parameters: [JSONTree.Member]

    /// What a target names.
    public enum Destination: Sendable, Hashable {
        /// `provider/model`, or a bare model name.
        case model(String)
        /// The config of that slug in the same project.
        case config(String)
    }

    /// Makes a target; a name that begins with `@` is another config.
    public init(
        model: String, providerID: Identifier? = nil, timeout: Duration? = nil, weight: Double = 1,
        parameters: [JSONTree.Member] = []
    ) {
        destination = model.hasPrefix("@") ? .config(String(model.dropFirst())) : .model(model)
        self.providerID = providerID
        self.timeout = timeout
        self.weight = weight
        self.parameters = parameters
    }

    /// The name as it is written: `openai/gpt-4o-mini`, `@production`.
    public var name: String {
        switch destination {
        case .model(let model): model
        case .config(let slug): "@" + slug
        }
    }
}
