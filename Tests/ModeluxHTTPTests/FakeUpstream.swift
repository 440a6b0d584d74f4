import NIOCore
import NIOPosix

@testable import ModeluxHTTP

/// A listener whose connections the test plays by hand, byte by byte.
final class FakeUpstream: Sendable {
    let port: Int
    private let channel: any Channel
    private let connections: Connections

    /// Listens on a free port of the loopback address.
    static func start() async throws -> FakeUpstream {
        let (stream, continuation) = AsyncStream.makeStream(of: RawPeer.self)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    continuation.yield(try RawPeer.adopt(child))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return FakeUpstream(channel: channel, stream: stream)
    }

    private init(channel: any Channel, stream: AsyncStream<RawPeer>) {
        self.channel = channel
        port = channel.localAddress?.port ?? 0
        connections = Connections(stream.makeAsyncIterator())
    }

    var origin: Origin { Origin(isSecure: false, host: "127.0.0.1", port: port) }

    /// The next connection that came.
    func accept() async throws -> RawPeer {
        guard let peer = await connections.next() else { throw ChannelError.eof }
        return peer
    }

    /// Answers every request of every connection with the same bytes.
    func answerAlways(_ answer: String) async {
        await withDiscardingTaskGroup { tasks in
            while let peer = try? await accept() {
                tasks.addTask {
                    while await peer.receiveMessage().contains("\r\n\r\n") {
                        try? await peer.send(answer)
                    }
                }
            }
        }
    }

    func stop() async {
        try? await channel.close().get()
    }

    private actor Connections {
        private var iterator: AsyncStream<RawPeer>.Iterator

        init(_ iterator: sending AsyncStream<RawPeer>.Iterator) {
            self.iterator = iterator
        }

        func next() async -> RawPeer? {
            var copy = iterator
            let peer = await copy.next(isolation: #isolation)
            iterator = copy
            return peer
        }
    }
}
