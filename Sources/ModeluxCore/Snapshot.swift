/// All live configuration as one immutable value. A request reads it once, so that what it sees cannot change half-way;
/// a change of configuration publishes a new one.
public final class Snapshot: Sendable {
    /// Grows with every publication.
    public let version: UInt64
    /// Who may call, by the SHA-256 of the key. Revoked and expired keys stay in for their clearer error.
    public let callers: [KeyDigest: Caller]
    /// Projects that exist, by id.
    public let projects: [Identifier: Project]
    /// Providers by name.
    public let providers: [String: Provider]
    /// The provider that a vendor's id means.
    public let defaultProviders: [Vendor: Provider]
    /// Routing configs by project and slug.
    public let configs: [ConfigKey: RoutingConfig]
    /// Whether a rule of any config asks where budgets stand.
    public let asksForBudgets: Bool
    /// What the targets of the configs name; those that name nothing are missing.
    let targets: [Target: ResolvedTarget]
    /// Models and prices.
    public let catalogue: Catalogue
    /// Budgets, those that are disabled included.
    public let budgets: [Budget]
    /// How long an attempt may take where no routing config says otherwise.
    public let timeouts: AttemptTimeouts

    /// A routing config's address.
    public struct ConfigKey: Sendable, Hashable {
        /// Whose config.
        public let projectID: Identifier
        /// Which one.
        public let slug: String

        /// Makes an address.
        public init(projectID: Identifier, slug: String) {
            self.projectID = projectID
            self.slug = slug
        }
    }

    /// Joins the parts; the sandbox is added to the providers, and a vendor's default is the provider so marked, else
    /// its first by name.
    public init(
        version: UInt64, keys: [APIKey], projects: [Project], providers: [Provider], configs: [RoutingConfig],
        catalogue: Catalogue, budgets: [Budget] = [], timeouts: AttemptTimeouts = AttemptTimeouts()
    ) {
        self.version = version
        self.projects = Dictionary(projects.map { ($0.id, $0) }) { first, _ in first }
        var callers: [KeyDigest: Caller] = [:]
        for key in keys {
            guard let project = self.projects[key.projectID] else { continue }
            callers[key.digest] = Caller(key: key, project: project)
        }
        self.callers = callers
        let all = (providers + [.sandbox]).sorted { $0.name < $1.name }
        self.providers = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }
        defaultProviders = Dictionary(all.map { ($0.vendor, $0) }) { first, second in
            !first.isDefault && second.isDefault ? second : first
        }
        self.configs = Dictionary(
            configs.map { (ConfigKey(projectID: $0.projectID, slug: $0.slug), $0) }
        ) { first, _ in first }
        self.catalogue = catalogue
        self.budgets = budgets
        self.timeouts = timeouts
        asksForBudgets = configs.contains { config in
            guard case .customRules(let policy) = config.policy else { return false }
            return policy.rules.contains { $0.rule?.text.contains("budget.") ?? false }
        }
        var targets: [Target: ResolvedTarget] = [:]
        for config in configs {
            for (_, target) in config.policy.targets where targets[target] == nil {
                if case .config = target.destination { continue }
                targets[target] = try? Snapshot.resolve(
                    target, providers: self.providers, defaults: defaultProviders, catalogue: catalogue)
            }
        }
        self.targets = targets
    }

    /// The provider of that name, or the default one of the vendor of that id.
    public func provider(_ name: String) -> Provider? {
        providers[name] ?? Vendor(rawValue: name).flatMap { defaultProviders[$0] }
    }

    /// The one provider that lists a model; nil when none or several do.
    public func onlyProvider(listing model: String) -> Provider? {
        Snapshot.onlyProvider(listing: model, among: providers)
    }

    static func onlyProvider(listing model: String, among providers: [String: Provider]) -> Provider? {
        var found: Provider?
        for provider in providers.values where provider.models.contains(model) {
            guard found == nil else { return nil }
            found = provider
        }
        return found
    }
}
