import NIOCore

/// Stops accepting while the server is full: new connections then wait in the kernel's queue.
///
/// Sits on the listening channel, whose loop alone touches it.
final class AcceptGate: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias OutboundIn = Never

    private let census: ConnectionCensus

    init(census: ConnectionCensus) {
        self.census = census
    }

    func read(context: ChannelHandlerContext) {
        guard census.isFull else { return context.read() }
        let channel = context.channel
        census.waitForRoom { channel.read() }
        // A connection may have closed between the two lines above; then nobody would open the gate.
        if !census.isFull { context.read() }
    }
}
