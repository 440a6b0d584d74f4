/// Numbers the attempts of members that run at once: each number is given once within the operation.
///
/// `@unchecked Sendable`: all members run on the event loop of the caller's connection, and nothing else reaches it.
final class AttemptNumbers: @unchecked Sendable {
    private var last: Int

    /// Begins after the attempts that there are.
    init(after last: Int) {
        self.last = last
    }

    /// The next number.
    func next() -> Int {
        last += 1
        return last
    }
}
