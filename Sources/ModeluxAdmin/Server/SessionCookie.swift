import ModeluxStore

/// The cookie of a dashboard session.
struct SessionCookie: Sendable {
    private let isSecure: Bool

    /// - Parameter settings: Under TLS the cookie is `Secure` and bound to the host by its name's prefix.
    init(_ settings: AdminSettings) {
        isSecure = settings.hasTLS
    }

    /// The cookie's name.
    var name: String { isSecure ? "__Host-modelux_session" : "modelux_session" }

    /// The `Set-Cookie` value that starts a session.
    func start(_ value: String) -> String { "\(name)=\(value)\(attributes); Max-Age=\(Session.lifetimeSeconds)" }

    /// The `Set-Cookie` value that removes it.
    var end: String { "\(name)=\(attributes); Max-Age=0" }

    private var attributes: String { "; Path=/; HttpOnly; SameSite=Strict" + (isSecure ? "; Secure" : "") }
}
