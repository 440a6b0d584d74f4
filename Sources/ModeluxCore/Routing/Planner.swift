/// Turns a model reference into a plan. Pure: the snapshot, the caller, the health, the moment and the randomness are
/// arguments.
public struct Planner: Sendable {
    /// Who asks.
    public let caller: Caller
    /// The live configuration.
    public let snapshot: Snapshot
    /// How targets are doing.
    public let health: HealthView
    /// The moment.
    public let now: Timestamp
    /// A random word: two plans of the same inputs and the same word are the same.
    public let random: UInt64

    /// Makes a planner for one request.
    public init(
        caller: Caller, snapshot: Snapshot, health: HealthView = .empty, now: Timestamp, random: UInt64 = 0
    ) {
        self.caller = caller
        self.snapshot = snapshot
        self.health = health
        self.now = now
        self.random = random
    }

    /// The plan for a request of which only the model field is known.
    /// - Throws: what `plan(_:)` throws.
    public static func plan(
        _ text: String, for caller: Caller, in snapshot: Snapshot, at now: Timestamp
    ) throws(Failure) -> Plan {
        try Planner(caller: caller, snapshot: snapshot, now: now).plan(RequestFacts(model: text))
    }

    /// The plan for a request. Where a rule refuses the request, or nothing that may be called is left, the plan's root
    /// is the refusal, so that the trace can still say why.
    /// - Throws: `Failure` of kind `unknownModel`, `routingConfigNotFound`, `modelNotAllowed`, `noHealthyProvider` or
    ///   `unsupportedParameter`.
    public func plan(_ facts: RequestFacts) throws(Failure) -> Plan {
        let reference = try ModelReference(facts.model)
        if case .config(let slug) = reference { return try planConfig(slug, facts) }
        if case .bare = reference, !caller.project.settings.autoResolvesBareModels {
            throw Failure(
                .unknownModel,
                "project \"\(caller.project.slug)\" takes no bare model names: write provider/model or @config "
                    + "instead of \"\(facts.model)\"", parameter: "model")
        }
        var builder = PlanBuilder(self, facts, configID: nil)
        let resolved = try snapshot.resolve(Target(model: facts.model), as: reference)
        let node = builder.node(
            for: resolved, Target(model: facts.model), reason: "named by the request", inherited: nil)
        let options = RoutingConfig.Options(timeouts: snapshot.timeouts)
        let resolution: Plan.Resolution = if case .bare = reference { .auto } else { .direct }
        return try builder.finish(node, resolution, nil, options)
    }

    /// The plan of a config that need not be live: what a draft would do.
    public func plan(_ facts: RequestFacts, by config: RoutingConfig) throws(Failure) -> Plan {
        var builder = PlanBuilder(self, facts, configID: config.id)
        let (node, options) = try builder.node(for: config, inherited: nil)
        return try builder.finish(node, .config, config, options)
    }

    private func planConfig(_ slug: String, _ facts: RequestFacts) throws(Failure) -> Plan {
        guard let config = snapshot.configs[Snapshot.ConfigKey(projectID: caller.project.id, slug: slug)] else {
            throw Failure(
                .routingConfigNotFound,
                "project \"\(caller.project.slug)\" has no routing config \"@\(slug)\": create it, or name another",
                parameter: "model")
        }
        return try plan(facts, by: config)
    }
}
