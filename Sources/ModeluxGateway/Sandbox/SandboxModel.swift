import Synchronization

/// The built-in models: deterministic, without a network, speaking every feature, for evaluation and tests.
enum SandboxModel: String, CaseIterable {
    /// Says back what the user said last.
    case echo
    /// Placeholder text of as many tokens as were asked for.
    case lorem
    /// The same, 20 ms between the pieces of a stream.
    case slow
    /// Fails every third call, with 500 and 429 in turn.
    case flaky
    /// Calls the first tool that it is offered, and talks about its result.
    case tools
    /// Makes embeddings.
    case embed

    /// Tokens of an answer whose length the request does not set.
    static let defaultTokens = 100
    /// The most tokens that an answer has, whatever the request says.
    static let maximumTokens = 100_000

    /// The pause before each piece of a stream.
    var pause: Duration? { self == .slow ? .milliseconds(20) : nil }
}

/// Counts the calls of the flaky model, so that its failures come in a fixed order.
final class SandboxState: Sendable {
    private let flakyCalls = Mutex(0)

    /// The status to fail with, if this call is to fail.
    func flakyStatus() -> Int? {
        let call = flakyCalls.withLock { count in
            count &+= 1
            return count
        }
        guard call % 3 == 0 else { return nil }
        return call % 6 == 0 ? 429 : 500
    }
}
