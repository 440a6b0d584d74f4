public import ModeluxCore

/// How the management listeners are opened.
public struct AdminSettings: Sendable {
    /// Where the TCP listener is; port 0 lets the system choose.
    public var address: ListenAddress
    /// Where the local socket is; nil for none.
    public var socketPath: String?
    /// A PEM file with the certificate chain; nil means plain HTTP.
    public var tlsCertificate: String?
    /// A PEM file with the private key of the certificate.
    public var tlsKey: String?
    /// A folder to serve the dashboard from instead of the one inside the program.
    public var dashboardDirectory: String?
    /// Host names besides the loopback ones and the address's own that browsers may reach the listener by.
    public var allowedHosts: [String]
    /// Requests per minute of a management key for which nothing else is said; 0 means no limit.
    public var requestsPerMinute: Int

    /// Takes the settings of the admin listener.
    /// - Parameters:
    ///   - settings: Address, certificate, dashboard folder and rate limit.
    ///   - socketPath: `DATA/admin.sock`.
    ///   - allowedHosts: Further host names.
    public init(_ settings: Settings.Admin, socketPath: String?, allowedHosts: [String] = []) {
        address = settings.address
        tlsCertificate = settings.tlsCertificate
        tlsKey = settings.tlsKey
        dashboardDirectory = settings.dashboardDirectory
        requestsPerMinute = settings.requestsPerMinute
        self.socketPath = socketPath
        self.allowedHosts = allowedHosts
    }

    /// Whether only this machine can reach the TCP listener.
    var isLoopback: Bool { address.isLoopback }
    /// Whether the TCP listener speaks TLS.
    var hasTLS: Bool { tlsCertificate != nil }
}
