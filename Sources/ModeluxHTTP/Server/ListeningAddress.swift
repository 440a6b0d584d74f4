/// Where a server is listening.
public struct ListeningAddress: Equatable, Sendable {
    /// The numeric address.
    public let host: String
    /// The port, as the kernel gave it.
    public let port: Int
}
