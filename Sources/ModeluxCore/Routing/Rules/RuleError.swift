/// What is wrong with the text of a rule, and where.
public struct RuleError: Error, Sendable, Hashable {
    /// The place in the text, counted in characters from 1.
    public let position: Int
    /// What to change.
    public let message: String

    /// Makes a finding.
    public init(at position: Int, _ message: String) {
        self.position = position
        self.message = message
    }

    /// The finding as one sentence.
    public var sentence: String { "at character \(position): \(message)" }
}
