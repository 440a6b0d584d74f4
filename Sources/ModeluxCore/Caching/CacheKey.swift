/// What makes two requests the same to the cache.
public enum CacheKey {
    /// Members that say nothing about the answer.
    private static let indifferent: Set<String> = ["user", "metadata", "store", "safety_identifier"]

    /// Who and what an entry is for, beside the request itself.
    public struct Place: Sendable, Hashable {
        /// Whose entry; no entry crosses projects.
        public var project: Identifier
        /// The key or the end user, where the policy's scope is narrower.
        public var subject: String
        /// The config, at its version.
        public var config: Identifier
        /// Its version.
        public var version: Int
        /// The endpoint and the dialect in which the answer is kept.
        public var endpoint: String
        /// Headers that change the answer (`anthropic-beta`, …).
        public var features: [String]

        /// Names a place.
        public init(
            project: Identifier, subject: String = "", config: Identifier, version: Int, endpoint: String,
            features: [String] = []
        ) {
            self.project = project
            self.subject = subject
            self.config = config
            self.version = version
            self.endpoint = endpoint
            self.features = features
        }
    }

    /// The bytes to hash: place and request in one form, whatever the order of members and the spelling of numbers.
    public static func bytes(of request: JSONTree, at place: Place) -> [UInt8] {
        var json = JSONText()
        json.array { json in
            json.string(place.project.text)
            json.string(place.subject)
            json.string(place.config.text)
            json.raw(String(place.version))
            json.string(place.endpoint)
            json.array { json in place.features.forEach { json.string($0) } }
            canonical(request, isTop: true).write(to: &json)
        }
        return json.bytes
    }

    private static func canonical(_ tree: JSONTree, isTop: Bool) -> JSONTree {
        switch tree {
        case .object(let members):
            let kept = members.filter { !isTop || !indifferent.contains($0.key) && !$0.key.hasPrefix("mlx:") }
            return .object(
                kept.sorted { $0.key < $1.key }.map { JSONTree.Member($0.key, canonical($0.value, isTop: false)) })
        case .array(let values): return .array(values.map { canonical($0, isTop: false) })
        case .number(let text):
            // 1, 1.0 and 1e0 are one number; those that a double cannot hold stay as they are written.
            guard let value = tree.doubleValue, abs(value) < 9e15 else { return .number(text) }
            return .number(AnswerText.text(of: value))
        case .null, .bool, .string: return tree
        }
    }
}
