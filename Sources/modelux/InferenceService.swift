import ModeluxCore
import ModeluxHTTP
import NIOCore
import NIOPosix
import ServiceLifecycle

/// The inference listener's life: it is open already when it runs, and drains when the process is told to end.
struct InferenceService: Service {
    let server: HTTPServer
    let upstream: UpstreamClient
    let group: MultiThreadedEventLoopGroup

    /// Opens the listener.
    /// - Throws: `CommandFailure` that says in one sentence why it cannot.
    func listen(_ settings: Settings.Proxy) async throws -> ListenAddress {
        do {
            let address = try await server.start()
            return ListenAddress(host: address.host, port: address.port)
        } catch {
            throw CommandFailure(listening: settings.address, section: "proxy", error)
        }
    }

    func run() async throws {
        try? await gracefulShutdown()
        await server.shutdownGracefully()
        await upstream.shutdown()
        try await group.shutdownGracefully()
    }
}
