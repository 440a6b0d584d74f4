/// A place where one task waits until the connection has news for it. On the loop only.
///
/// The task looks at the state itself after it wakes: a wake-up carries no value, so one too many does no harm.
struct Waiter {
    private var continuation: UnsafeContinuation<Void, Never>?

    /// True while a task waits here.
    var isWaiting: Bool { continuation != nil }

    /// Keeps a task that is about to be suspended. Only one may wait.
    mutating func store(_ continuation: UnsafeContinuation<Void, Never>) {
        precondition(self.continuation == nil, "two tasks wait for the same part of one exchange")
        self.continuation = continuation
    }

    /// Lets the waiting task go on, if there is one.
    mutating func wake() {
        guard let continuation else { return }
        self.continuation = nil
        continuation.resume()
    }
}
