import NIOSSL

/// What TLS means here, for both directions, in one place: 1.2 or 1.3, forward secrecy, authenticated ciphers.
enum TLSPolicy {
    /// ECDHE with AES-GCM or ChaCha20-Poly1305; TLS 1.3 has nothing else.
    private static let cipherSuites: [NIOTLSCipher] = [
        .TLS_AES_128_GCM_SHA256,
        .TLS_AES_256_GCM_SHA384,
        .TLS_CHACHA20_POLY1305_SHA256,
        .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ]

    /// The context of a listener.
    ///
    /// - Throws: `NIOSSLError` when a file cannot be read, is not PEM, or key and certificate do not belong together.
    static func makeServerContext(_ files: TLSFiles) throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMFile(files.certificatePath)
        let key = try NIOSSLPrivateKey(file: files.privateKeyPath, format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        harden(&configuration)
        return try NIOSSLContext(configuration: configuration)
    }

    /// The context of connections to upstreams: the system's roots and perhaps a private one, names verified.
    ///
    /// - Throws: `NIOSSLError` when the file cannot be read or is not PEM.
    static func makeClientContext(additionalRootsPath: String?) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        harden(&configuration)
        configuration.certificateVerification = .fullVerification
        if let additionalRootsPath {
            configuration.additionalTrustRoots = [
                .certificates(try NIOSSLCertificate.fromPEMFile(additionalRootsPath))
            ]
        }
        return try NIOSSLContext(configuration: configuration)
    }

    private static func harden(_ configuration: inout TLSConfiguration) {
        configuration.minimumTLSVersion = .tlsv12
        configuration.cipherSuiteValues = cipherSuites
        configuration.applicationProtocols = ["http/1.1"]
        configuration.renegotiationSupport = .none
    }
}
