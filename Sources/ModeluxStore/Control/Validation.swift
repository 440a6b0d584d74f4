import ModeluxCore

/// Collects what is wrong with an input, so that the caller learns of everything at once.
struct Validation {
    private(set) var fields: [Refusal.Field] = []

    /// Runs checks and throws what they found.
    static func check(_ body: (inout Validation) throws -> Void) throws {
        var validation = Validation()
        try body(&validation)
        guard validation.fields.isEmpty else { throw Refusal.invalid(validation.fields) }
    }

    mutating func require(_ condition: Bool, _ path: String, _ message: String) {
        if !condition { fields.append(Refusal.Field(path, message)) }
    }

    /// A name that people read: 1 … 100 characters, nothing that a terminal or a header would act on.
    mutating func name(_ value: String, at path: String) {
        require((1...100).contains(value.count) && value.utf8.count <= 400, path, "must have 1 to 100 characters")
        require(
            !value.unicodeScalars.contains { $0.properties.generalCategory == .control }, path,
            "must not contain control characters")
    }

    /// A name in addresses: lower-case letters, digits, `-`, `_` and `.`, 1 … 63 of them.
    mutating func slug(_ value: String, at path: String) {
        let isPlain = value.utf8.allSatisfy { byte in
            (97...122).contains(byte) || (48...57).contains(byte) || [45, 46, 95].contains(byte)
        }
        let first = value.utf8.first.map { (97...122).contains($0) || (48...57).contains($0) } ?? false
        require(
            isPlain && first && value.utf8.count <= 63, path,
            "must have 1 to 63 lower-case letters, digits, dots, hyphens or underscores, and begin with a letter or digit"
        )
    }

    mutating func requestsPerMinute(_ value: Int, at path: String) {
        require((0...10_000_000).contains(value), path, "must be 0 (no limit) to 10000000 requests a minute")
    }

    mutating func texts(_ values: [String], at path: String, maximum: Int = 1000) {
        require(values.count <= maximum, path, "must have at most \(maximum) entries")
        require(
            values.allSatisfy { (1...256).contains($0.utf8.count) && !$0.utf8.contains { $0 < 0x20 || $0 == 0x7F } },
            path, "each entry must have 1 to 256 bytes and no control characters")
    }

    mutating func addresses(_ values: [String], at path: String) {
        require(values.count <= 1000, path, "must have at most 1000 entries")
        for value in values where AddressRange(value) == nil {
            require(false, path, "\"\(value.prefix(60))\" is neither an IP address nor a CIDR range")
        }
    }

    mutating func future(_ value: Timestamp?, now: Timestamp, at path: String) {
        guard let value else { return }
        require(value > now, path, "must lie in the future")
    }
}
