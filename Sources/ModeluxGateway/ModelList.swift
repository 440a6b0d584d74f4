import ModeluxCore

/// `GET models`: what a caller may name, in the shape of its surface.
enum ModelList {
    /// The list, or one model of it, as JSON.
    /// - Throws: `Failure` of kind `notFound` for a model that is not in the list.
    static func answer(
        to endpoint: Endpoint, as surface: Surface, for caller: Caller, in snapshot: Snapshot
    ) throws(Failure) -> String {
        let entries = entries(for: caller, in: snapshot)
        var json = JSONText()
        if case .model(let id, _) = endpoint {
            guard let entry = entries.first(where: { $0.id == id }) else {
                throw Failure(.notFound, "no model \"\(id.prefix(200))\": GET models lists those there are")
            }
            write(entry, as: surface, to: &json)
            return json.text
        }
        json.object { json in
            if surface == .openai { json.member("object", "list") }
            json.key("data")
            json.array { json in
                for entry in entries { write(entry, as: surface, to: &json) }
            }
            guard surface == .anthropic else { return }
            json.member("has_more", false)
            json.member("first_id", entries.first?.id)
            json.member("last_id", entries.last?.id)
        }
        return json.text
    }

    private struct Entry {
        let id: String
        let owner: String
    }

    /// The project's configs, then each provider's models: those that its operator listed, else those that the
    /// catalogue has for its vendor.
    private static func entries(for caller: Caller, in snapshot: Snapshot) -> [Entry] {
        let configs = snapshot.configs.keys.filter { $0.projectID == caller.project.id }.map(\.slug).sorted()
        var entries = configs.map { Entry(id: "@" + $0, owner: caller.project.slug) }
        let catalogue = snapshot.catalogue.all
        for provider in snapshot.providers.values.sorted(by: { $0.name < $1.name }) {
            var models = provider.models
            if models.isEmpty {
                for vendor in provider.vendor.catalogueNames {
                    models += catalogue.filter { $0.name.hasPrefix(vendor + "/") }.map(\.model.name)
                }
            }
            // The catalogue has some models of a vendor under two of its names.
            var seen: Set<String> = []
            entries += models.filter { seen.insert($0).inserted }.map {
                Entry(id: provider.name + "/" + $0, owner: provider.name)
            }
        }
        guard !caller.key.allowedModels.isEmpty else { return entries }
        return entries.filter { caller.key.allowedModels.contains($0.id) }
    }

    private static func write(_ entry: Entry, as surface: Surface, to json: inout JSONText) {
        json.object { json in
            switch surface {
            case .openai:
                json.member("id", entry.id)
                json.member("object", "model")
                json.member("created", Int64(0))
                json.member("owned_by", entry.owner)
            case .anthropic:
                json.member("type", "model")
                json.member("id", entry.id)
                json.member("display_name", entry.id)
                // Nobody knows it; Anthropic's own list has this moment for such models.
                json.member("created_at", "1970-01-01T00:00:00Z")
            }
        }
    }
}
