import ModeluxCore
import Synchronization

/// What is known of the listeners while they open.
final class Listeners: Sendable {
    private let configured: ListenAddress
    private let scheme: String
    private let state: Mutex<State>

    private struct State {
        var address: ListenAddress?
        var waiters: [CheckedContinuation<ListenAddress, Never>] = []
        /// Listeners that do not accept connections yet.
        var missing: Int
    }

    init(_ settings: AdminSettings) {
        configured = settings.address
        scheme = settings.hasTLS ? "https" : "http"
        state = Mutex(State(missing: settings.socketPath == nil ? 1 : 2))
    }

    /// Notes that a listener accepts connections; the TCP listener says where.
    func opened(_ address: ListenAddress?) {
        let (waiters, open) = state.withLock { state in
            state.missing -= 1
            if let address { state.address = address }
            guard state.missing == 0, let open = state.address else {
                return ([CheckedContinuation<ListenAddress, Never>](), configured)
            }
            defer { state.waiters = [] }
            return (state.waiters, open)
        }
        for waiter in waiters { waiter.resume(returning: open) }
    }

    /// Waits until all listeners accept connections.
    func whenOpen() async -> ListenAddress {
        await withCheckedContinuation { continuation in
            let open = state.withLock { state -> ListenAddress? in
                if state.missing == 0, let address = state.address { return address }
                state.waiters.append(continuation)
                return nil
            }
            if let open { continuation.resume(returning: open) }
        }
    }

    /// The address of the dashboard's sign-in page with a token. An address that means "every interface" becomes the
    /// local one.
    func signInURL(token: Secret) -> String {
        var address = state.withLock { $0.address } ?? configured
        if ["0.0.0.0", "::"].contains(address.host) { address.host = "localhost" }
        return "\(scheme)://\(address)/#/sign-in?token=\(token.reveal())"
    }
}
