import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// The HTTP client for receivers, made with the first event: a program that never sends one has none.
final class ReceiverClient: Sendable {
    private let group: any EventLoopGroup
    private let configuration: HTTPClient.Configuration
    private let state = Mutex(State.none)

    private enum State {
        case none
        case open(HTTPClient)
        case closed
    }

    /// A client that trusts `roots` besides the system's certificate authorities.
    init(group: any EventLoopGroup, roots: [NIOSSLCertificate], timeout: Duration) {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        tls.certificateVerification = .fullVerification
        if !roots.isEmpty { tls.additionalTrustRoots = [.certificates(roots)] }
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(timeout), read: TimeAmount(timeout)), decompression: .disabled)
        configuration.httpVersion = .http1Only
        // A refused connection is an answer; the queue knows when to try again.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.idleTimeout = .seconds(30)
        self.configuration = configuration
        self.group = group
    }

    /// Sends a request.
    func execute(_ request: HTTPClientRequest, timeout: Duration) async throws -> HTTPClientResponse {
        let client: HTTPClient? = state.withLock { state in
            switch state {
            case .open(let client): return client
            case .closed: return nil
            case .none:
                let client = HTTPClient(eventLoopGroup: group, configuration: configuration)
                state = .open(client)
                return client
            }
        }
        guard let client else { throw CancellationError() }
        return try await client.execute(request, timeout: TimeAmount(timeout))
    }

    /// Ends the connections that are kept, for good.
    func close() async {
        let client: HTTPClient? = state.withLock { state in
            defer { state = .closed }
            if case .open(let client) = state { return client }
            return nil
        }
        try? await client?.shutdown()
    }
}
