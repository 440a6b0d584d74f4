public import ModeluxCore

/// A routing config as its author gives it: a policy's name and that policy's settings.
public struct RoutingDraft: Sendable, Hashable {
    /// The policy's name.
    public let policy: String
    /// Its settings, an object, with snake_case keys.
    public let config: JSONTree

    /// Takes policy and settings; camelCase keys become snake_case.
    public init(policy: String, config: JSONTree) {
        self.policy = policy == "fallback" ? "fallback_chain" : policy
        self.config = RoutingDraft.canonical(config, depth: 0)
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
    func parsed(
        timeouts: AttemptTimeouts = AttemptTimeouts()
    ) throws -> (policy: Policy, options: RoutingConfig.Options) {
        guard policy == "single" else {
            throw Refusal.invalid("policy", "\"\(policy.prefix(60))\" is not known; use \"single\"")
        }
        var reader = RoutingReader(config)
        let target = reader.target()
        let options = reader.options(timeouts: timeouts)
        try reader.finish()
        guard let target else { throw Refusal.invalid("config.model", "must be a string") }
        return (.single(target), options)
    }

    private static func canonical(_ tree: JSONTree, depth: Int) -> JSONTree {
        // Only the policy's own keys are renamed: below two levels lie the operator's values.
        guard depth < 2, case .object(let members) = tree else { return tree }
        return .object(
            members.map { JSONTree.Member(snakeCase($0.key), canonical($0.value, depth: depth + 1)) })
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

/// Reads a policy's settings and keeps what it did not understand.
private struct RoutingReader {
    private var members: [String: JSONTree] = [:]
    private var fields: [Refusal.Field] = []

    init(_ tree: JSONTree) {
        guard let members = tree.objectValue else {
            fields = [Refusal.Field("config", "must be an object")]
            return
        }
        for member in members { self.members[member.key] = member.value }
    }

    mutating func target() -> Target? {
        let credential = take("provider_credential_id")
        if let credential, credential != .null, credential.stringValue == nil {
            fields.append(Refusal.Field("config.provider_credential_id", "must be a string"))
        }
        let timeout = milliseconds("timeout_ms")
        guard let model = take("model")?.stringValue, !model.isEmpty else {
            fields.append(Refusal.Field("config.model", "must be a model, such as \"openai/gpt-4o-mini\""))
            return nil
        }
        return Target(model: model, providerID: credential?.stringValue.map { Identifier($0) }, timeout: timeout)
    }

    mutating func options(timeouts defaults: AttemptTimeouts) -> RoutingConfig.Options {
        var options = RoutingConfig.Options(timeouts: defaults)
        if let timeouts = take("timeouts"), timeouts != .null {
            var inner = RoutingReader(timeouts)
            options.timeouts.connect = inner.milliseconds("connect_ms") ?? options.timeouts.connect
            options.timeouts.firstByte = inner.milliseconds("first_byte_ms") ?? options.timeouts.firstByte
            options.timeouts.idle = inner.milliseconds("idle_ms") ?? options.timeouts.idle
            options.timeouts.total = inner.milliseconds("total_ms") ?? options.timeouts.total
            inner.refuseRest()
            fields += inner.fields.map {
                Refusal.Field($0.path.replacing("config", with: "config.timeouts", maxReplacements: 1), $0.message)
            }
        }
        if let value = take("on_disconnect") {
            if let known = value.stringValue.flatMap(RoutingConfig.OnDisconnect.init) {
                options.onDisconnect = known
            } else {
                fields.append(Refusal.Field("config.on_disconnect", "must be \"cancel\" or \"drain\""))
            }
        }
        if let value = take("unpriced") {
            if let known = value.stringValue.flatMap(RoutingConfig.Unpriced.init) {
                options.unpriced = known
            } else {
                fields.append(Refusal.Field("config.unpriced", "must be \"block\", \"estimate\" or \"allow\""))
            }
        }
        return options
    }

    mutating func finish() throws {
        refuseRest()
        guard fields.isEmpty else { throw Refusal.invalid(fields, resource: "routing_config") }
    }

    private mutating func refuseRest() {
        for key in members.keys.sorted() {
            fields.append(Refusal.Field("config.\(key.prefix(60))", "is not a known setting of this policy"))
        }
        members = [:]
    }

    private mutating func milliseconds(_ key: String) -> Duration? {
        guard let value = take(key), value != .null else { return nil }
        guard let number = value.integerValue, (1...86_400_000).contains(number) else {
            fields.append(Refusal.Field("config.\(key)", "must be 1 to 86400000 milliseconds"))
            return nil
        }
        return .milliseconds(number)
    }

    private mutating func take(_ key: String) -> JSONTree? { members.removeValue(forKey: key) }
}
