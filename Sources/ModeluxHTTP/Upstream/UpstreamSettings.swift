/// How the upstream client keeps and makes connections.
public struct UpstreamSettings: Sendable {
    /// Connections to one origin from one event loop; calls beyond it wait for one, up to their connect limit.
    public var maximumConnectionsPerOrigin = 1_024
    /// How long an idle connection is kept.
    public var keepAliveIdle: Duration = .seconds(55)
    /// Bytes of a response head.
    public var maximumHeadBytes = 64 * 1_024
    /// Fields of a response head.
    public var maximumHeaderCount = 200
    /// A PEM file with roots that are trusted beside the system's.
    public var additionalRootsPath: String?

    /// The defaults.
    public init() {}
}
