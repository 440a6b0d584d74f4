public import Logging
public import NIOCore
import NIOSSL

/// Makes HTTP/1.1 calls to upstreams from event loops: each call stays on its loop, with that loop's own connections.
public final class UpstreamClient: Sendable {
    private let loops: LoopGroup<UpstreamLoop>

    /// A client for the loops of a group.
    ///
    /// - Parameters:
    ///   - settings: limits and trusted roots.
    ///   - group: the event loops; the server must use the same.
    ///   - logger: failures of idle connections go there at `debug`.
    /// - Throws: when the file of additional roots cannot be read.
    public init(settings: UpstreamSettings, group: any EventLoopGroup, logger: Logger) throws {
        let tls = try TLSPolicy.makeClientContext(additionalRootsPath: settings.additionalRootsPath)
        loops = LoopGroup(group) { eventLoop in
            UpstreamLoop(eventLoop: eventLoop, settings: settings, tls: tls, logger: logger)
        }
    }

    /// A call that will run on that loop, of the client's group. Cheap; nothing happens before it is sent.
    public func makeCall(on eventLoop: any EventLoop) -> UpstreamCall {
        UpstreamCall(loop: loops[eventLoop])
    }

    /// Open connections on all loops, idle ones included.
    public func openConnections() async -> Int {
        var count = 0
        for eventLoop in loops.eventLoops {
            count += (try? await eventLoop.submit { self.loops[eventLoop].openConnections }.get()) ?? 0
        }
        return count
    }

    /// Closes every connection; calls that are under way end in `.cancelled`, later ones too.
    public func shutdown() async {
        await loops.forEach { $0.shutdown() }
    }
}
