/// A named, versioned way to answer requests; belongs to a project.
public struct RoutingConfig: Sendable {
    /// `cfg_…`
    public let id: Identifier
    /// Whose it is.
    public let projectID: Identifier
    /// The name after the `@`.
    public let slug: String
    /// Grows by one with every save.
    public let version: Int
    /// The strategy.
    public let policy: Policy
    /// What all policies have in common.
    public let options: Options

    /// Makes a config.
    public init(
        id: Identifier, projectID: Identifier, slug: String, version: Int, policy: Policy, options: Options = Options()
    ) {
        self.id = id
        self.projectID = projectID
        self.slug = slug
        self.version = version
        self.policy = policy
        self.options = options
    }

    /// Settings of a config that do not depend on its policy.
    public struct Options: Sendable {
        /// How long each phase may take.
        public var timeouts: AttemptTimeouts
        /// What happens to the upstream call when the client leaves.
        public var onDisconnect: OnDisconnect
        /// What to do with a model that has no price.
        public var unpriced: Unpriced
        /// Whether request parts that a provider cannot express may be left out; if not, the request is refused.
        public var allowsDropped: Bool
        /// The length of embedding vectors, where the caller does not say.
        public var embeddingDimensions: Int?
        /// When answers are kept and given again; nil for never.
        public var cache: CachePolicy?
        /// Whether a stream's head waits for its first content, so that another target can still be tried.
        public var holdsBackUntilContent: Bool

        /// Makes options with the defaults.
        public init(
            timeouts: AttemptTimeouts = AttemptTimeouts(), onDisconnect: OnDisconnect = .cancel,
            unpriced: Unpriced = .block, allowsDropped: Bool = true, embeddingDimensions: Int? = nil,
            cache: CachePolicy? = nil, holdsBackUntilContent: Bool = false
        ) {
            self.timeouts = timeouts
            self.onDisconnect = onDisconnect
            self.unpriced = unpriced
            self.allowsDropped = allowsDropped
            self.embeddingDimensions = embeddingDimensions
            self.cache = cache
            self.holdsBackUntilContent = holdsBackUntilContent
        }
    }

    /// What happens to the upstream call when the client leaves.
    public enum OnDisconnect: String, Sendable {
        /// The call is cancelled at once and priced by what was observed.
        case cancel
        /// The answer is read to its end, so that the provider's usage is known.
        case drain
    }

    /// What to do with a model that has no price.
    public enum Unpriced: String, Sendable {
        /// Refuse it where a budget in dollars applies.
        case block
        /// Answer it; the ledger row says that no price was known.
        case estimate
        /// Answer it as free.
        case allow
    }
}

/// How long each phase of an attempt may take.
public struct AttemptTimeouts: Sendable, Hashable {
    /// Until the connection stands.
    public var connect: Duration
    /// From the request's last byte to the answer's head.
    public var firstByte: Duration
    /// Between two pieces of the answer.
    public var idle: Duration
    /// From the start to the answer's end.
    public var total: Duration

    /// Makes timeouts; the defaults suit large models that think before they speak.
    public init(
        connect: Duration = .seconds(5), firstByte: Duration = .seconds(120), idle: Duration = .seconds(60),
        total: Duration = .seconds(600)
    ) {
        self.connect = connect
        self.firstByte = firstByte
        self.idle = idle
        self.total = total
    }
}
