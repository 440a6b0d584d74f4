import ModeluxHTTP

/// Stops the calls of one member of an ensemble when another one has won.
///
/// `@unchecked Sendable`: all members run on the event loop of the caller's connection, and nothing else reaches it.
final class CallStop: @unchecked Sendable {
    /// Whether it has been stopped.
    private(set) var isStopped = false
    private var call: UpstreamCall?

    /// Takes the call that is under way; one that comes too late is cancelled at once.
    func watch(_ call: UpstreamCall) {
        self.call = call
        if isStopped { call.cancel() }
    }

    /// Cancels what is under way, and what would come.
    func stop() {
        isStopped = true
        call?.cancel()
        call = nil
    }
}
