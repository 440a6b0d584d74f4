/// The caller's own labels on a request, in the order given.
public struct Tags: Sendable, Hashable {
    /// At most this many tags on one request.
    public static let maximumCount = 32
    /// A key has at most this many bytes.
    public static let maximumKeyBytes = 64
    /// A value has at most this many bytes.
    public static let maximumValueBytes = 256

    /// Key and value, keys unique.
    public private(set) var pairs: [Pair] = []

    /// One label.
    public struct Pair: Sendable, Hashable {
        /// What the label is about, 1 … 64 bytes.
        public let key: String
        /// What it says, 0 … 256 bytes.
        public let value: String
    }

    /// No tags.
    public init() {}

    /// The value of a tag, or nil.
    public subscript(key: String) -> String? { pairs.first { $0.key == key }?.value }

    /// Whether there are none.
    public var isEmpty: Bool { pairs.isEmpty }

    /// Adds a tag or replaces it.
    /// - Throws: `Failure` of kind `validationFailed`'s sibling `unsupportedParameter` (400) when a limit is passed.
    public mutating func set(_ key: String, to value: String) throws(Failure) {
        guard !key.isEmpty, key.utf8.count <= Tags.maximumKeyBytes else {
            throw Failure(
                .unsupportedParameter, "a tag's key must have 1 to \(Tags.maximumKeyBytes) bytes", parameter: "mlx:tags"
            )
        }
        guard value.utf8.count <= Tags.maximumValueBytes else {
            throw Failure(
                .unsupportedParameter, "the value of tag \"\(key)\" has more than \(Tags.maximumValueBytes) bytes",
                parameter: "mlx:tags")
        }
        if let index = pairs.firstIndex(where: { $0.key == key }) {
            pairs[index] = Pair(key: key, value: value)
            return
        }
        guard pairs.count < Tags.maximumCount else {
            throw Failure(
                .unsupportedParameter, "a request can have at most \(Tags.maximumCount) tags", parameter: "mlx:tags")
        }
        pairs.append(Pair(key: key, value: value))
    }

    /// Reads the header form `k=v,k=v`.
    public init(header: String) throws(Failure) {
        for part in header.split(separator: ",", omittingEmptySubsequences: true) {
            guard let equals = part.firstIndex(of: "=") else {
                throw Failure(
                    .unsupportedParameter, "X-Modelux-User-Tags must read k=v,k=v", parameter: "X-Modelux-User-Tags")
            }
            try set(trimmed(part[..<equals]), to: trimmed(part[part.index(after: equals)...]))
        }
    }
}

private func trimmed(_ text: Substring) -> String {
    var text = text
    while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return String(text)
}
