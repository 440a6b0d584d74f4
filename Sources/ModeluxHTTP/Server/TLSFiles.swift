/// The certificate and key of a TLS listener, as PEM files that may be replaced while the server runs.
public struct TLSFiles: Equatable, Sendable {
    /// The certificate chain, leaf first.
    public var certificatePath: String
    /// The private key of the leaf.
    public var privateKeyPath: String

    /// Names the two files.
    public init(certificatePath: String, privateKeyPath: String) {
        self.certificatePath = certificatePath
        self.privateKeyPath = privateKeyPath
    }
}
