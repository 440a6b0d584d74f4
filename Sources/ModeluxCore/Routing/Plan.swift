/// What a request is going to do: the targets to try, in order.
public struct Plan: Sendable {
    /// How the model field was resolved.
    public let resolution: Resolution
    /// The config that decided, if one did.
    public let config: ConfigVersion?
    /// Its policy's name; nil without a config.
    public let policy: String?
    /// What to try, in order; never empty.
    public let candidates: [Candidate]
    /// The settings that apply.
    public let options: RoutingConfig.Options

    /// How the model field was resolved.
    public enum Resolution: String, Sendable {
        /// By a routing config.
        case config
        /// It named provider and model.
        case direct
        /// A bare name, found by prefix or by the provider that lists it.
        case auto
    }

    /// A config at one of its versions.
    public struct ConfigVersion: Sendable, Hashable {
        /// The name after the `@`.
        public let slug: String
        /// Which save.
        public let version: Int

        /// Names a version.
        public init(slug: String, version: Int) {
            self.slug = slug
            self.version = version
        }
    }

    /// A model at a provider, ready to be tried.
    public struct Candidate: Sendable {
        /// Where.
        public let provider: Provider
        /// The model's name at the provider.
        public let model: String
        /// What the catalogue knows of it.
        public let entry: Model?
        /// The price in force.
        public let price: Price?
        /// Why it stands where it stands.
        public let reason: String

        /// Makes a candidate.
        public init(provider: Provider, model: String, entry: Model?, price: Price?, reason: String) {
            self.provider = provider
            self.model = model
            self.entry = entry
            self.price = price
            self.reason = reason
        }
    }

    /// Makes a plan.
    public init(
        resolution: Resolution, config: ConfigVersion?, policy: String?, candidates: [Candidate],
        options: RoutingConfig.Options
    ) {
        self.resolution = resolution
        self.config = config
        self.policy = policy
        self.candidates = candidates
        self.options = options
    }
}
