import ModeluxCore

/// Finds out at save whether a target can be answered at all.
struct TargetCheck {
    let snapshot: Snapshot

    /// - Throws: `Refusal` when the target names no provider that exists, or a model that its vendor does not sell.
    func check(_ target: Target, at path: String) throws {
        let reference: ModelReference
        do { reference = try ModelReference(target.name) } catch {
            throw Refusal.invalid("\(path).model", error.message)
        }
        var model = target.name
        var provider: Provider?
        switch reference {
        case .config: throw Refusal.invalid("\(path).model", "a target names a model here, not another config")
        case .target(let name, let rest):
            (provider, model) = (snapshot.provider(name), rest)
            guard provider != nil else {
                throw Refusal.invalid("\(path).model", "there is no provider \"\(name.prefix(60))\": add it first")
            }
        case .bare(let name):
            let byPrefix = ModelReference.vendor(ofBare: name).flatMap { snapshot.defaultProviders[$0] }
            provider = byPrefix ?? snapshot.onlyProvider(listing: name)
        }
        if let id = target.providerID {
            provider = snapshot.providers.values.first { $0.id == id }
            guard provider != nil else {
                throw Refusal.invalid(
                    "\(path).provider_credential_id", "there is no provider \"\(id.text.prefix(60))\"")
            }
        }
        guard let provider else {
            throw Refusal.invalid("\(path).model", "no provider offers \"\(model.prefix(100))\": add one first")
        }
        guard isKnown(model, at: provider) else {
            throw Refusal.invalid(
                "\(path).model",
                "\(provider.vendor.rawValue) has no model \"\(model.prefix(100))\" in the catalogue; list it in the "
                    + "provider's models to use it all the same")
        }
    }

    /// A model can be unknown only where the vendor's own address is used and the catalogue lists that vendor: servers
    /// of one's own have models of their own.
    private func isKnown(_ model: String, at provider: Provider) -> Bool {
        if provider.models.contains(model) || provider.deployments[model] != nil { return true }
        if provider.vendor == .sandbox { return Provider.sandbox.models.contains(model) }
        guard provider.baseURL == nil, snapshot.catalogue.count > 0, !provider.vendor.catalogueNames.isEmpty else {
            return true
        }
        return snapshot.catalogue.model(model, at: provider) != nil
    }
}
