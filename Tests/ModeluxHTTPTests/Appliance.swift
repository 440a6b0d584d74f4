import Logging
import NIOCore
import NIOPosix

@testable import ModeluxHTTP

/// A server and an upstream client on one event loop of their own, and the port that the kernel gave.
struct Appliance {
    let group: MultiThreadedEventLoopGroup
    let server: HTTPServer
    let client: UpstreamClient
    let port: Int

    /// Runs a server for the time of `body` and shuts everything down after it.
    static func run(
        _ settings: HTTPServerSettings = HTTPServerSettings(port: 0),
        upstream: UpstreamSettings = UpstreamSettings(),
        handler: @escaping @Sendable (ServerExchange, UpstreamClient) async -> Void,
        _ body: (Appliance) async throws -> Void
    ) async throws {
        var settings = settings
        settings.port = 0
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let client = try UpstreamClient(settings: upstream, group: group, logger: logger)
        let server = HTTPServer(settings: settings, group: group, logger: logger) { exchange in
            await handler(exchange, client)
        }
        let address = try await server.start()
        do {
            try await body(Appliance(group: group, server: server, client: client, port: address.port))
        } catch {
            await stop(server, client, group)
            throw error
        }
        await stop(server, client, group)
    }

    private static func stop(
        _ server: HTTPServer, _ client: UpstreamClient, _ group: MultiThreadedEventLoopGroup
    ) async {
        await client.shutdown()
        await server.shutdownGracefully()
        try? await group.shutdownGracefully()
    }

    /// Runs a piece of work in a task on the loop's executor, as a handler would.
    func onLoop<Result: Sendable>(_ body: @escaping @Sendable (any EventLoop) async throws -> Result) async throws
        -> Result
    {
        let eventLoop = group.next()
        return try await Task(executorPreference: EventLoopTaskExecutor.shared(on: eventLoop)) {
            try await body(eventLoop)
        }.value
    }

    func connect() async throws -> RawPeer {
        try await RawPeer.connect(port: port)
    }
}

extension ServerExchange {
    /// Answers 200 with a text.
    func respond(text: String) {
        respond(ResponseHead(status: 200), body: ByteBuffer(string: text))
    }
}

extension String {
    /// The status code of a response, or 0.
    var status: Int { Int(dropFirst(9).prefix(3)) ?? 0 }

    /// What follows the head.
    var messageBody: String { firstRange(of: "\r\n\r\n").map { String(self[$0.upperBound...]) } ?? "" }
}
