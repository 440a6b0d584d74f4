public import ModeluxCore

/// Why a text is not JSON that we forward, and where.
public struct JSONFault: Error, Sendable, Hashable {
    /// What is wrong.
    public let reason: Reason
    /// The byte, counted from 0, at which it is wrong.
    public let offset: Int

    /// The ways in which a text can fail to be JSON.
    public enum Reason: String, Sendable, CaseIterable {
        case unexpectedEnd = "the text ends too early"
        case unexpectedCharacter = "unexpected character"
        case expectedValue = "expected a value"
        case expectedMemberName = "expected a member name in double quotes"
        case expectedColon = "expected a colon"
        case expectedCommaOrClosingBrace = "expected a comma or a closing brace"
        case expectedCommaOrClosingBracket = "expected a comma or a closing bracket"
        case controlCharacter = "a control character in a string is not escaped"
        case invalidEscape = "invalid escape in a string"
        case invalidUTF8 = "invalid UTF-8"
        case invalidNumber = "invalid number"
        case tooDeep = "nested more than 128 levels deep"
        case notAnObject = "expected an object"
        case trailingCharacters = "unexpected text after the value"
        case duplicateMember = "a member is there twice"
    }

    /// Makes a fault.
    public init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    /// The fault as the caller of the inference API sees it: status 400, code `invalid_json`.
    public var failure: Failure {
        Failure(.invalidJSON, "the request body is not valid JSON: \(reason.rawValue) at byte \(offset)")
    }
}
