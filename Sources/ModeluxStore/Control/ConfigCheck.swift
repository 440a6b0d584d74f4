import ModeluxCore

/// Finds out at save whether a policy can be carried out: its models, its credentials, and the configs that it names.
struct ConfigCheck {
    let snapshot: Snapshot
    let project: Identifier

    /// - Throws: `Refusal` with the path of every target that cannot be answered.
    func check(_ policy: Policy, slug: String) throws {
        var fields: [Refusal.Field] = []
        for (path, target) in policy.targets {
            let place = path.isEmpty ? "config" : "config." + path
            switch target.destination {
            case .config(let other):
                if let problem = problem(with: other, from: slug) {
                    fields.append(Refusal.Field(place, problem))
                } else if path.hasSuffix("judge") {
                    fields.append(Refusal.Field(place, "a judge must be a model"))
                }
            case .model:
                do {
                    try TargetCheck(snapshot: snapshot).check(target, at: place)
                } catch let refusal as Refusal {
                    fields += refusal.fields
                }
            }
        }
        guard fields.isEmpty else { throw Refusal.invalid(fields, resource: "routing_config") }
    }

    private func problem(with slug: String, from start: String) -> String? {
        guard slug != start else { return "the config names itself" }
        guard let config = config(slug) else {
            return "there is no config \"@\(slug.prefix(60))\" in this project: create it first"
        }
        guard let way = way(to: start, from: config, passed: [slug]) else { return nil }
        return "leads back to this config: " + ([start] + way + [start]).map { "@" + $0 }.joined(separator: " → ")
    }

    /// The slugs from a config to `goal`, if it leads there.
    private func way(to goal: String, from config: RoutingConfig, passed: [String]) -> [String]? {
        guard passed.count < 32 else { return passed }
        for (_, target) in config.policy.targets {
            guard case .config(let next) = target.destination else { continue }
            if next == goal { return passed }
            guard !passed.contains(next), let inner = self.config(next) else { continue }
            if let way = way(to: goal, from: inner, passed: passed + [next]) { return way }
        }
        return nil
    }

    private func config(_ slug: String) -> RoutingConfig? {
        snapshot.configs[Snapshot.ConfigKey(projectID: project, slug: slug)]
    }
}
