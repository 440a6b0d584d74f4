/// Turns a model reference into a plan. Pure: the snapshot, the caller and the moment are arguments.
public enum Planner {
    /// The plan for a request.
    /// - Throws: `Failure` of kind `unknownModel`, `routingConfigNotFound` or `modelNotAllowed`.
    public static func plan(
        _ text: String, for caller: Caller, in snapshot: Snapshot, at now: Timestamp
    ) throws(Failure) -> Plan {
        let reference = try ModelReference(text)
        let plan: Plan
        switch reference {
        case .config(let slug):
            plan = try planConfig(slug, for: caller, in: snapshot, at: now)
        case .target, .bare:
            if case .bare = reference, !caller.project.settings.autoResolvesBareModels {
                throw Failure(
                    .unknownModel,
                    "project \"\(caller.project.slug)\" takes no bare model names: write provider/model or @config "
                        + "instead of \"\(text)\"", parameter: "model")
            }
            let candidate = try candidate(reference, text: text, in: snapshot, at: now, reason: "named by the request")
            plan = Plan(
                resolution: reference == .bare(text) ? .auto : .direct, config: nil, policy: nil,
                candidates: [candidate], options: RoutingConfig.Options(timeouts: snapshot.timeouts))
        }
        try checkAllowed(text, plan: plan, key: caller.key)
        return plan
    }

    private static func planConfig(
        _ slug: String, for caller: Caller, in snapshot: Snapshot, at now: Timestamp
    ) throws(Failure) -> Plan {
        guard let config = snapshot.configs[Snapshot.ConfigKey(projectID: caller.project.id, slug: slug)] else {
            throw Failure(
                .routingConfigNotFound,
                "project \"\(caller.project.slug)\" has no routing config \"@\(slug)\": create it, or name another",
                parameter: "model")
        }
        switch config.policy {
        case .single(let target):
            let reference = try ModelReference(target.model)
            let candidate = try candidate(
                reference, text: target.model, providerID: target.providerID, in: snapshot, at: now,
                reason: "the config's only target")
            var options = config.options
            if let timeout = target.timeout { options.timeouts.firstByte = timeout }
            return Plan(
                resolution: .config, config: Plan.ConfigVersion(slug: config.slug, version: config.version),
                policy: config.policy.name, candidates: [candidate], options: options)
        }
    }

    private static func candidate(
        _ reference: ModelReference, text: String, providerID: Identifier? = nil, in snapshot: Snapshot,
        at now: Timestamp, reason: String
    ) throws(Failure) -> Plan.Candidate {
        let provider: Provider?
        let model: String
        switch reference {
        case .config:
            throw Failure(.unknownModel, "a target cannot name a config by \"\(text)\"", parameter: "model")
        case .target(let name, let rest):
            (provider, model) = (snapshot.provider(name), rest)
            if provider == nil {
                throw Failure(
                    .unknownModel,
                    "no provider is named \"\(name)\" (model \"\(text)\"): add it, or use one of "
                        + snapshot.providers.keys.sorted().prefix(20).joined(separator: ", "),
                    parameter: "model")
            }
        case .bare(let name):
            let byPrefix = ModelReference.vendor(ofBare: name).flatMap { snapshot.defaultProviders[$0] }
            (provider, model) = (byPrefix ?? snapshot.onlyProvider(listing: name), name)
        }
        let pinned = providerID.flatMap { id in snapshot.providers.values.first { $0.id == id } }
        if let providerID, pinned == nil {
            // Another account must not pay for what this one was chosen for.
            throw Failure(
                .noHealthyProvider,
                "the provider \(providerID) that the config names is gone: choose another in the config")
        }
        guard let provider = pinned ?? provider else { throw ModelReference.unknown(text) }
        let entry = snapshot.catalogue.model(model, at: provider)
        return Plan.Candidate(
            provider: provider, model: model, entry: entry, price: entry?.price(at: now), reason: reason)
    }

    private static func checkAllowed(_ text: String, plan: Plan, key: APIKey) throws(Failure) {
        guard !key.allowedModels.isEmpty, !key.allowedModels.contains(text) else { return }
        let areAllowed = plan.candidates.allSatisfy { candidate in
            key.allowedModels.contains(candidate.model)
                || key.allowedModels.contains("\(candidate.provider.name)/\(candidate.model)")
        }
        guard areAllowed else {
            throw Failure(
                .modelNotAllowed,
                "the key \(key.display) may not use \"\(text)\"; it may use: "
                    + key.allowedModels.joined(separator: ", "),
                parameter: "model")
        }
    }
}
