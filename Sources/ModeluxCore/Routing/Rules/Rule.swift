/// A condition of a routing config, checked when it is saved.
///
///     let rule = try Rule("tags.team == 'support' and budget.used_pct >= 0.9")
///     rule.holds(in: scope)
public struct Rule: Sendable {
    /// As it was written.
    public let text: String
    /// What it means.
    private let condition: RuleCondition

    /// Reads and checks a condition.
    /// - Throws: `RuleError` with the place and what to change.
    public init(_ text: String) throws(RuleError) {
        self.text = text
        condition = try RuleCompiler.compile(text)
    }

    /// Whether it holds. Bounded by the length of the text; no rule can hang its caller.
    public func holds(in scope: borrowing RuleScope) -> Bool { condition.holds(in: scope) }
}
