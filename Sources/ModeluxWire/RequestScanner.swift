import ModeluxCore

/// A scanner for request bodies, whose errors are those that a caller gets: a body that is no JSON, or a member of the
/// wrong kind.
struct RequestScanner {
    private var scanner: JSONScanner

    /// The longest end user, trace id or conversation id that is kept, in bytes.
    static let maximumLabelBytes = 512

    /// A body that is no JSON, or a member of the wrong kind.
    enum Problem: Error {
        case json(JSONFault)
        case field(Failure)

        /// The problem as the caller sees it.
        var failure: Failure {
            switch self {
            case .json(let fault): fault.failure
            case .field(let failure): failure
            }
        }
    }

    init(_ bytes: ByteView) {
        scanner = JSONScanner(bytes)
    }

    /// The next byte to read.
    var position: Int { scanner.position }
    /// Bytes of string values passed over so far, without `data:` URLs.
    var textBytes: Int { scanner.textBytes }
    /// Bytes of `data:` URLs passed over so far.
    var attachmentBytes: Int { scanner.attachmentBytes }
    /// How many string values `image_url` were passed over so far.
    var imageParts: Int { scanner.imageParts }

    // MARK: Structure

    /// The first byte of the value that comes next.
    mutating func peek() -> UInt8 { scanner.peek() }

    /// Enters the object that comes next.
    mutating func beginObject() throws(Problem) {
        do throws(JSONFault) { try scanner.beginObject() } catch { throw .json(error) }
    }

    /// Enters the object that comes next when it is one; else passes over the value.
    mutating func beginObjectIfThere() throws(Problem) -> Bool {
        guard scanner.peek() == UInt8(ascii: "{") else {
            try skip()
            return false
        }
        try beginObject()
        return true
    }

    /// Enters the array that comes next when it is one; else passes over the value.
    mutating func beginArrayIfThere() throws(Problem) -> Bool {
        guard scanner.peek() == UInt8(ascii: "[") else {
            try skip()
            return false
        }
        do throws(JSONFault) { try scanner.beginArray() } catch { throw .json(error) }
        return true
    }

    /// The name of the next member; nil leaves the object.
    mutating func nextName() throws(Problem) -> JSONScanner.Name? {
        do throws(JSONFault) { return try scanner.nextName() } catch { throw .json(error) }
    }

    /// Whether there is a next element; false leaves the array.
    mutating func nextElement() throws(Problem) -> Bool {
        do throws(JSONFault) { return try scanner.nextElement() } catch { throw .json(error) }
    }

    /// Passes over the value that comes next.
    @discardableResult
    mutating func skip() throws(Problem) -> JSONScanner.Value {
        do throws(JSONFault) { return try scanner.skipValue() } catch { throw .json(error) }
    }

    /// Checks that only white space is left.
    mutating func end() throws(Problem) {
        do throws(JSONFault) { try scanner.end() } catch { throw .json(error) }
    }

    // MARK: Values

    /// Whether a name is `text`.
    @inline(__always)
    func matches(_ name: JSONScanner.Name, _ text: StaticString) -> Bool { scanner.matches(name, text) }

    /// Whether a name begins with `text`.
    func hasPrefix(_ name: JSONScanner.Name, _ text: StaticString) -> Bool { scanner.hasPrefix(name, text) }

    /// A name as text.
    func string(_ name: JSONScanner.Name) -> String { scanner.string(name) }

    /// The text of a string value; nil for other kinds.
    func string(_ value: JSONScanner.Value) -> String? { scanner.string(value) }

    /// The value of a literal; nil for other kinds.
    func bool(_ value: JSONScanner.Value) -> Bool? { scanner.bool(value) }

    /// Whether a value is a string that reads `text`, without a look at escapes: for words that no writer escapes.
    func isWord(_ value: JSONScanner.Value, _ text: StaticString) -> Bool {
        value.kind == .string && value.range.count >= 2
            && scanner.bytes.equals(value.range.lowerBound + 1..<value.range.upperBound - 1, text)
    }

    /// Whether a value is a proof of another provider's, as `Signature.carried` marks it.
    func beginsForeign(_ value: JSONScanner.Value) -> Bool {
        value.kind == .string && scanner.bytes.hasPrefix(at: value.range.lowerBound + 1, "gemini.")
    }

    /// The literal that comes next; nil for `null`.
    mutating func optionalBool(_ name: StaticString) throws(Problem) -> Bool? {
        let value = try skip()
        if value.kind == .null { return nil }
        guard let bool = scanner.bool(value) else { throw wrongKind(name, "a boolean") }
        return bool
    }

    /// The whole number that comes next; nil for `null`.
    mutating func optionalInteger(_ name: StaticString) throws(Problem) -> Int64? {
        let value = try skip()
        if value.kind == .null { return nil }
        guard value.kind == .number, let integer = JSONString.integer(scanner.bytes, value.range) else {
            throw wrongKind(name, "a whole number")
        }
        return integer
    }

    /// The label that comes next, refused when it is too long; nil for `null`.
    mutating func label(_ name: StaticString) throws(Problem) -> String? {
        let value = try skip()
        if value.kind == .null { return nil }
        guard let text = scanner.string(value), text.utf8.count <= RequestScanner.maximumLabelBytes else {
            throw wrongKind(name, "a string of at most \(RequestScanner.maximumLabelBytes) bytes")
        }
        return text
    }

    /// The text of a value, cut at a character to the length of a label; nil for what is no string.
    func shortLabel(_ value: JSONScanner.Value) -> String? {
        guard let text = scanner.string(value) else { return nil }
        guard text.utf8.count > RequestScanner.maximumLabelBytes else { return text }
        var end = text.utf8.index(text.startIndex, offsetBy: RequestScanner.maximumLabelBytes)
        while end > text.startIndex, end.samePosition(in: text.unicodeScalars) == nil {
            end = text.utf8.index(before: end)
        }
        return String(text[..<end])
    }

    /// The error that says what a member must be.
    func wrongKind(
        _ name: StaticString, _ expected: String, kind: Failure.Kind = .unsupportedParameter
    ) -> Problem {
        .field(Failure(kind, "\"\(name)\" must be \(expected)", parameter: name.description))
    }
}
