import ModeluxCore

/// Reading what a caller wrote, member by member, with an error that names the member. A path costs nothing unless
/// something is wrong with it.
extension JSONValue {
    /// The value of a member; nil when there is none, or it is `null`.
    func member(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        for member in members where member.name == name {
            // A bare `nil` would be the JSON value `null`.
            if member.value == .null { return Optional.none }
            return member.value
        }
        return Optional.none
    }

    /// The value as a text.
    func text(at path: @autoclosure () -> String) throws(Failure) -> String {
        guard case .string(let text) = self else { throw Failure.wrongKind(path(), "a string") }
        return text
    }

    /// The value as a literal.
    func flag(at path: @autoclosure () -> String) throws(Failure) -> Bool {
        guard case .bool(let value) = self else { throw Failure.wrongKind(path(), "a boolean") }
        return value
    }

    /// The value as a whole number.
    func wholeNumber(at path: @autoclosure () -> String) throws(Failure) -> Int64 {
        guard let number = exactInteger else { throw Failure.wrongKind(path(), "a whole number") }
        return number
    }

    /// The value as a number.
    func realNumber(at path: @autoclosure () -> String) throws(Failure) -> Double {
        guard let number = real else { throw Failure.wrongKind(path(), "a number") }
        return number
    }

    /// The value as an array.
    func list(at path: @autoclosure () -> String) throws(Failure) -> [JSONValue] {
        guard case .array(let elements) = self else { throw Failure.wrongKind(path(), "an array") }
        return elements
    }

    /// The value as an object.
    func object(at path: @autoclosure () -> String) throws(Failure) -> [Member] {
        guard case .object(let members) = self else { throw Failure.wrongKind(path(), "an object") }
        return members
    }

    /// A finite number.
    var real: Double? {
        guard case .number(let text) = self, let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// A whole number, however it is written: `12`, `12.0` and `1.2e1` are the same.
    var exactInteger: Int64? {
        guard case .number(let text) = self else { return nil }
        if let number = Int64(text) { return number }
        guard let value = Double(text), abs(value) <= 9_007_199_254_740_992 else { return nil }
        return Int64(exactly: value)
    }

    /// A number as JSON writes it: whole ones without a fraction.
    static func real(_ value: Double) -> JSONValue {
        if let whole = Int64(exactly: value) { return .number(String(whole)) }
        return .number(value.isFinite ? value.description : "0")
    }
}

extension Failure {
    /// A parameter of the wrong kind.
    static func wrongKind(_ path: String, _ expected: String) -> Failure {
        Failure(.unsupportedParameter, "\"\(path)\" must be \(expected)", parameter: path)
    }

    /// A parameter that is not there.
    static func missing(_ path: String) -> Failure {
        Failure(.missingField, "the request has no \"\(path)\"", parameter: path)
    }
}
