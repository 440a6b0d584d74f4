import Glibc
import NIOCore

/// Stops accepting while the server is full, or the process has no file descriptor left: new connections then wait in
/// the kernel's queue.
///
/// Sits on the listening channel, whose loop alone touches it.
final class AcceptGate: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias OutboundIn = Never

    private let census: ConnectionCensus

    init(census: ConnectionCensus) {
        self.census = census
    }

    /// NIO keeps the listening socket registered after a failed accept, and epoll reports it again at once: without a
    /// pause the loop would do nothing else.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let failure = error as? IOError, AcceptGate.exhaustions.contains(failure.errnoCode) else {
            return context.fireErrorCaught(error)
        }
        let channel = context.channel
        channel.setOption(.autoRead, value: false).whenComplete { _ in
            channel.eventLoop.scheduleTask(in: AcceptGate.pause) { channel.setOption(.autoRead, value: true) }
        }
    }

    private static let exhaustions = [EMFILE, ENFILE, ENOBUFS, ENOMEM]
    private static let pause = TimeAmount.milliseconds(100)

    func read(context: ChannelHandlerContext) {
        guard census.isFull else { return context.read() }
        let channel = context.channel
        census.waitForRoom { channel.read() }
        // A connection may have closed between the two lines above; then nobody would open the gate.
        if !census.isFull { context.read() }
    }
}
