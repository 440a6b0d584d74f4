public import ModeluxCore

/// A routing config as its author gives it: a policy's name and that policy's settings.
public struct RoutingDraft: Sendable, Hashable {
    /// The policy's name.
    public let policy: String
    /// Its settings, an object, with snake_case keys.
    public let config: JSONTree

    /// Takes policy and settings; camelCase keys become snake_case.
    public init(policy: String, config: JSONTree) {
        let name = RoutingDraft.snakeCase(policy)
        self.policy = name == "fallback" ? "fallback_chain" : name
        self.config = RoutingDraft.canonical(config)
    }

    /// Takes the flat form `{"strategy": …, …}`, in which everything but the strategy is a setting.
    public init(flat members: [JSONTree.Member]) throws {
        guard let strategy = members.first(where: { $0.key == "strategy" })?.value.stringValue else {
            throw Refusal.invalid("strategy", "must name a policy, such as \"single\"")
        }
        self.init(policy: strategy, config: .object(members.filter { $0.key != "strategy" }))
    }

    /// The policy and the options that the draft means; `timeouts` are those that it does not name.
    /// - Throws: `Refusal` that names every setting at fault.
    public func parsed(
        timeouts: AttemptTimeouts = AttemptTimeouts()
    ) throws -> (policy: Policy, options: RoutingConfig.Options) {
        var reader = RoutingReader(config, at: "config")
        let meant = try reader.policy(policy)
        let options = reader.options(timeouts: timeouts)
        reader.refuseRest()
        guard reader.fields.isEmpty, let meant else {
            throw Refusal.invalid(reader.fields, resource: "routing_config")
        }
        return (meant, options)
    }

    /// Keys as the settings are named. What belongs to providers or to a schema keeps its own names.
    private static func canonical(_ tree: JSONTree) -> JSONTree {
        switch tree {
        case .object(let members):
            .object(
                members.map { member in
                    let key = snakeCase(member.key)
                    let isForeign = ["params", "json_schema"].contains(key)
                    return JSONTree.Member(key, isForeign ? member.value : canonical(member.value))
                })
        case .array(let values): .array(values.map(canonical))
        default: tree
        }
    }

    private static func snakeCase(_ key: String) -> String {
        var result = ""
        for scalar in key.unicodeScalars {
            if ("A"..."Z").contains(scalar) {
                result += "_"
                result += String(scalar).lowercased()
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
