import Dispatch

/// Where blocking reads of files run: neither on an event loop nor on the Swift pool, whose threads are as few as the
/// cores.
enum QueryQueue {
    private static let queue = DispatchQueue(label: "modelux.queries", attributes: .concurrent)

    /// Runs `body` off the pool and returns what it returns.
    static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result(catching: body)) }
        }
    }
}
