/// A target whose names have been looked up.
public struct ResolvedTarget: Sendable {
    /// Where.
    public let provider: Provider
    /// The model's name there.
    public let model: String
    /// `provider/model`.
    public let name: String
    /// What the catalogue knows of it.
    public let entry: Model?
}

extension Snapshot {
    /// Looks up what a target names. Targets of configs are looked up when the snapshot is made.
    /// - Throws: `Failure` of kind `unknownModel` or `noHealthyProvider`.
    public func resolve(_ target: Target) throws(Failure) -> ResolvedTarget {
        if let known = targets[target] { return known }
        return try Snapshot.resolve(target, providers: providers, defaults: defaultProviders, catalogue: catalogue)
    }

    /// Looks up a target whose name has been read: nearly every request names its own.
    func resolve(_ target: Target, as reference: ModelReference) throws(Failure) -> ResolvedTarget {
        try Snapshot.resolve(
            target, as: reference, providers: providers, defaults: defaultProviders, catalogue: catalogue)
    }

    static func resolve(
        _ target: Target, as reference: ModelReference? = nil, providers: [String: Provider],
        defaults: [Vendor: Provider], catalogue: Catalogue
    ) throws(Failure) -> ResolvedTarget {
        let text = target.name
        let provider: Provider?
        let model: String
        let named = if let reference { reference } else { try ModelReference(text) }
        switch named {
        case .config: throw Failure(.unknownModel, "\"\(text)\" is a config and no model", parameter: "model")
        case .target(let name, let rest):
            model = rest
            provider = providers[name] ?? Vendor(rawValue: name).flatMap { defaults[$0] }
            if provider == nil {
                throw Failure(
                    .unknownModel,
                    "no provider is named \"\(name)\" (model \"\(text)\"): add it, or use one of "
                        + providers.keys.sorted().prefix(20).joined(separator: ", "),
                    parameter: "model")
            }
        case .bare(let name):
            let byPrefix = ModelReference.vendor(ofBare: name).flatMap { defaults[$0] }
            provider = byPrefix ?? onlyProvider(listing: name, among: providers)
            model = name
        }
        let pinned = target.providerID.flatMap { id in providers.values.first { $0.id == id } }
        if let id = target.providerID, pinned == nil {
            // Another account must not pay for what this one was chosen for.
            throw Failure(
                .noHealthyProvider, "the provider \(id) that the config names is gone: choose another in the config")
        }
        guard let provider = pinned ?? provider else { throw ModelReference.unknown(text) }
        return ResolvedTarget(
            provider: provider, model: model, name: provider.name + "/" + model,
            entry: catalogue.model(model, at: provider))
    }
}
