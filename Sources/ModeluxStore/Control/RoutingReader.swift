import ModeluxCore

/// Reads an object of a routing config's settings and keeps what it did not understand, with its place.
struct RoutingReader {
    private var members: [String: JSONTree] = [:]
    private let path: String
    /// What is wrong so far.
    private(set) var fields: [Refusal.Field] = []

    init(_ tree: JSONTree, at path: String) {
        self.path = path
        guard let members = tree.objectValue else {
            fields = [Refusal.Field(path, "must be an object")]
            return
        }
        for member in members { self.members[member.key] = member.value }
    }

    // MARK: What all configs have

    mutating func options(timeouts defaults: AttemptTimeouts) -> RoutingConfig.Options {
        var options = RoutingConfig.Options(timeouts: defaults)
        within("timeouts") { reader in
            options.timeouts.connect = reader.milliseconds("connect_ms") ?? options.timeouts.connect
            options.timeouts.firstByte = reader.milliseconds("first_byte_ms") ?? options.timeouts.firstByte
            options.timeouts.idle = reader.milliseconds("idle_ms") ?? options.timeouts.idle
            options.timeouts.total = reader.milliseconds("total_ms") ?? options.timeouts.total
        }
        options.onDisconnect = word("on_disconnect", ["cancel", "drain"]) ?? options.onDisconnect
        options.unpriced = word("unpriced", ["block", "estimate", "allow"]) ?? options.unpriced
        options.allowsDropped = flag("allow_dropped") ?? options.allowsDropped
        options.holdsBackUntilContent = flag("hold_back_until_content") ?? options.holdsBackUntilContent
        options.embeddingDimensions = integer("embedding_dimensions", 1...65_536).map(Int.init)
        within("cache") { reader in
            var cache = CachePolicy()
            cache.mode = reader.word("mode", ["exact", "semantic"]) ?? cache.mode
            if cache.mode == .semantic {
                reader.report("mode", "\"semantic\" is not available yet: use \"exact\"")
            }
            cache.lifetime = reader.integer("ttl_seconds", 1...31_536_000).map { .seconds($0) } ?? cache.lifetime
            cache.threshold = reader.number("threshold", 0...1) ?? cache.threshold
            cache.allowsTemperature = reader.flag("allow_temperature") ?? cache.allowsTemperature
            cache.allowsTools = reader.flag("allow_tools") ?? cache.allowsTools
            cache.scope = reader.word("scope", ["project", "key", "end_user"]) ?? cache.scope
            options.cache = cache
        }
        return options
    }

    // MARK: Parts

    /// A target: an object, or the name alone.
    static func target(_ tree: JSONTree, at path: String, into fields: inout [Refusal.Field]) -> Target? {
        if let name = tree.stringValue {
            guard !name.isEmpty else {
                fields.append(Refusal.Field(path, "must name a model or a config"))
                return nil
            }
            return Target(model: name)
        }
        var reader = RoutingReader(tree, at: path)
        let target = reader.fields.isEmpty ? reader.target() : nil
        reader.refuseRest()
        fields += reader.fields
        return target
    }

    /// The members of this object that make a target.
    mutating func target() -> Target? {
        let credential = text("provider_credential_id")
        let timeout = milliseconds("timeout_ms")
        let weight = number("weight", 0...1_000_000) ?? 1
        var parameters: [JSONTree.Member] = []
        if let tree = take("params"), tree != .null {
            if let members = tree.objectValue {
                parameters = members
                for member in members
                where member.key.hasPrefix("mlx:") || RoutingReader.ownMembers.contains(member.key) {
                    report("params.\(member.key.prefix(60))", "is set by the gateway, not by a target")
                }
            } else {
                report("params", "must be an object of request members")
            }
        }
        let config = text("config")
        let model = text("model")
        guard let name = config.map({ $0.hasPrefix("@") ? $0 : "@" + $0 }) ?? model, name.count > 1 else {
            if fields.isEmpty { report("model", "must be a model, such as \"openai/gpt-4o-mini\"") }
            return nil
        }
        if config != nil, model != nil { report("config", "a target names a model or a config, not both") }
        return Target(
            model: name, providerID: credential.map { Identifier($0) }, timeout: timeout, weight: weight,
            parameters: parameters)
    }

    private static let ownMembers: Set<String> = ["model", "stream", "messages", "input", "stream_options"]

    /// A list of targets, at least one.
    mutating func targets(_ key: String) -> [Target] {
        elements(key, needs: "at least one target") { tree, path, fields in
            RoutingReader.target(tree, at: path, into: &fields)
        }
    }

    /// A list of which every element is read by `read`.
    mutating func elements<Element>(
        _ key: String, needs: String, _ read: (JSONTree, String, inout [Refusal.Field]) -> Element?
    ) -> [Element] {
        guard let values = take(key)?.arrayValue, !values.isEmpty else {
            report(key, "must be a list of \(needs)")
            return []
        }
        guard values.count <= 64 else {
            report(key, "has more than 64 elements")
            return []
        }
        return values.enumerated().compactMap { read($0.element, "\(path).\(key)[\($0.offset)]", &fields) }
    }

    /// Reads an object inside this one, if it is there.
    mutating func within(_ key: String, _ read: (inout RoutingReader) -> Void) {
        guard let tree = take(key), tree != .null else { return }
        var reader = RoutingReader(tree, at: "\(path).\(key)")
        if reader.fields.isEmpty {
            read(&reader)
            reader.refuseRest()
        }
        fields += reader.fields
    }

    // MARK: Values

    mutating func take(_ key: String) -> JSONTree? { members.removeValue(forKey: key) }

    func has(_ key: String) -> Bool { members[key] != nil }

    /// The path of a member.
    func place(_ key: String) -> String { "\(path).\(key)" }

    mutating func report(_ key: String, _ message: String) {
        fields.append(Refusal.Field(key.isEmpty ? path : place(key), message))
    }

    mutating func add(_ problems: [Refusal.Field]) { fields += problems }

    mutating func refuseRest() {
        for key in members.keys.sorted() { report(String(key.prefix(60)), "is not a known setting here") }
        members = [:]
    }

    mutating func text(_ key: String) -> String? {
        read(key, "must be a string") { value in value.stringValue.flatMap { $0.isEmpty ? nil : $0 } }
    }

    mutating func flag(_ key: String) -> Bool? { read(key, "must be true or false", \.boolValue) }

    mutating func integer(_ key: String, _ range: ClosedRange<Int64>) -> Int64? {
        read(key, "must be a whole number from \(range.lowerBound) to \(range.upperBound)") { value in
            value.integerValue.flatMap { range.contains($0) ? $0 : nil }
        }
    }

    mutating func number(_ key: String, _ range: ClosedRange<Double>) -> Double? {
        read(
            key,
            "must be a number from \(RoutingReader.shown(range.lowerBound)) to \(RoutingReader.shown(range.upperBound))"
        ) {
            $0.doubleValue.flatMap { range.contains($0) ? $0 : nil }
        }
    }

    mutating func milliseconds(_ key: String) -> Duration? {
        read(key, "must be 1 to 86400000 milliseconds") { value in
            value.integerValue.flatMap { (1...86_400_000).contains($0) ? .milliseconds($0) : nil }
        }
    }

    mutating func word<Word: RawRepresentable>(_ key: String, _ words: [String]) -> Word?
    where Word.RawValue == String {
        let shown = words.map { "\"\($0)\"" }.joined(separator: ", ")
        return read(key, "must be one of \(shown)") { $0.stringValue.flatMap(Word.init(rawValue:)) }
    }

    mutating func texts(_ key: String) -> [String]? {
        read(key, "must be a list of strings") { value in
            if let text = value.stringValue { return [text] }
            guard let values = value.arrayValue else { return nil }
            let texts = values.compactMap { $0.stringValue ?? $0.integerValue.map { String($0) } }
            return texts.count == values.count ? texts : nil
        }
    }

    private mutating func read<Value>(_ key: String, _ message: String, _ convert: (JSONTree) -> Value?) -> Value? {
        guard let tree = take(key), tree != .null else { return nil }
        guard let value = convert(tree) else {
            report(key, message)
            return nil
        }
        return value
    }

    private static func shown(_ number: Double) -> String {
        number == number.rounded() ? String(Int64(number)) : String(number)
    }
}
