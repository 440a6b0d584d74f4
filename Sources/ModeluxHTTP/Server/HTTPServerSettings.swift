/// Where the inference server listens and what it bears from its clients.
public struct HTTPServerSettings: Sendable {
    /// Address to bind: an IP address, or a name that resolves to one.
    public var host = "127.0.0.1"
    /// Port to bind; 0 lets the kernel choose.
    public var port = 8080
    /// From the first byte of a head, or the start of a TLS handshake, to its end.
    public var headTimeout: Duration = .seconds(10)
    /// A body that comes more slowly than this over ``bodyWindow`` ends in `.timeout`.
    public var bodyMinimumBytesPerSecond = 1_000
    /// Over how long the speed of a body is measured.
    public var bodyWindow: Duration = .seconds(10)
    /// How long a connection without a request stays open.
    public var keepAliveIdle: Duration = .seconds(75)
    /// How long a client may take no byte of its answer before it counts as gone. Its kernel tells of room in large
    /// steps, so a slow but living reader needs a long limit.
    public var writeIdle: Duration = .seconds(120)
    /// Bytes of a request head.
    public var maximumHeadBytes = 64 * 1_024
    /// Fields of a request head.
    public var maximumHeaderCount = 200
    /// Open connections; past it the server stops accepting, and new ones wait in the kernel's queue.
    public var maximumConnections = 16_384
    /// Bytes of bodies that are being received, over all connections; past it `.overloaded`.
    public var maximumBufferedBodyBytes = 512 * 1_024 * 1_024
    /// How long answers may go on after ``HTTPServer/shutdownGracefully()``.
    public var drainLimit: Duration = .seconds(30)
    /// Connections that the kernel holds until they are accepted.
    public var backlog = 1_024
    /// TLS, or plain HTTP when `nil`.
    public var tls: TLSFiles?

    /// The defaults: loopback, plain HTTP.
    public init(host: String = "127.0.0.1", port: Int = 8080, tls: TLSFiles? = nil) {
        self.host = host
        self.port = port
        self.tls = tls
    }
}
