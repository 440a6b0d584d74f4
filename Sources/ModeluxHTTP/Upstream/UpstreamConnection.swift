import Logging
import NIOCore
import NIOSSL
import NIOTLS

/// One connection to an upstream: carries one call at a time and goes back to its pool after a clean end. On the loop
/// only.
final class UpstreamConnection: ChannelDuplexHandler, DeadlineOwner {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        case connecting
        case idle
        /// A request is out and its head has not come.
        case awaitingHead
        /// The body is being read.
        case body
        /// Of no further use; the channel is closed or closing.
        case closed
    }

    /// What ``takeBody()`` found.
    enum BodyStep {
        /// A piece of the body, not empty.
        case piece(ByteBuffer)
        /// The body is complete; the connection is no longer the call's.
        case ended
        /// Nothing is there yet.
        case needsMore
        /// The body will not be complete.
        case failed(UpstreamError)
    }

    /// Bytes of a body that wait unread while the caller is busy; reading pauses above it.
    private static let readAhead = 16 * 1_024
    private static let copyLimit = 32 * 1_024

    private let pool: UpstreamPool
    private let loop: UpstreamLoop
    private var context: ChannelHandlerContext?
    private var phase = Phase.connecting
    private var call: UpstreamCall?
    private var callsCarried = 0
    private var inbound = ReceivedBytes()
    private var reader: ResponseReader
    private var body = BodyReader.ended
    private var keepsAlive = true
    private var isHeadRequest = false
    /// True when the request was so large that part of it may still be waiting when its answer is complete.
    private var isLargeRequest = false
    private var isReadHeld = false
    private var deadlineSlot = -1
    private var isChannelClosed = false
    private var isReleased = false
    private var lastError: (any Error)?
    private var failure: UpstreamError?
    private var informationalHeads = 0
    /// The call that caused the connection to be made, until it is ready.
    var intended: UpstreamCall?
    /// True when an earlier call used the connection, before the current one if there is one.
    var isReused: Bool { callsCarried > 1 }
    /// True when a call used the connection; asked before the next is sent.
    var hasCarriedCalls: Bool { callsCarried > 0 }
    /// True for `https`.
    var isSecure: Bool { pool.origin.isSecure }
    /// The host of the origin.
    var host: String { pool.origin.host }
    /// True once a byte of the current answer came.
    private(set) var hasReceived = false

    init(pool: UpstreamPool, loop: UpstreamLoop) {
        self.pool = pool
        self.loop = loop
        reader = ResponseReader(limits: loop.limits)
    }

    // MARK: Events of the channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        deadlineSlot = loop.deadlines.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        loop.executor.perform { channelClosed() }
        loop.deadlines.remove(deadlineSlot)
        deadlineSlot = -1
        self.context = nil
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted = event as? TLSUserEvent {
            loop.executor.perform { ready() }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        loop.executor.perform { channelClosed() }
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        switch phase {
        case .awaitingHead, .body:
            hasReceived = true
            inbound.append(bytes)
            loop.executor.perform { advance() }
        case .idle:
            // Nobody asked: whatever this is, the next answer must not begin with it.
            context.close(promise: nil)
        case .connecting, .closed:
            break
        }
    }

    func read(context: ChannelHandlerContext) {
        if phase == .body, inbound.count >= UpstreamConnection.readAhead {
            isReadHeld = true
        } else {
            context.read()
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if lastError == nil { lastError = error }
        context.close(promise: nil)
    }

    /// The time of an idle connection or of a handshake is over.
    func deadlinePassed() {
        switch phase {
        case .idle:
            close()
        case .connecting:
            lastError = ChannelError.connectTimeout(.zero)
            close()
        case .awaitingHead, .body, .closed:
            break
        }
    }

    // MARK: Called by pool and call

    /// The channel is open: ready, or ready after its handshake.
    func connected(handshakeDeadline: NIODeadline) {
        if isSecure {
            if deadlineSlot >= 0 { loop.deadlines.set(deadlineSlot, handshakeDeadline) }
        } else {
            ready()
        }
    }

    /// There will be no channel.
    func connectFailed(_ error: any Error) {
        guard phase == .connecting else { return }
        phase = .closed
        fail(error)
    }

    /// Waits in the pool for the next call.
    func becameIdle() {
        if deadlineSlot >= 0 { loop.deadlines.set(deadlineSlot, .after(loop.keepAliveIdle)) }
    }

    /// Sends a request for a call, in one write if it is not large.
    func send(_ request: UpstreamRequest, for call: UpstreamCall) {
        callsCarried += 1
        hasReceived = false
        guard let context, phase == .idle else { return call.connectionEnded(.resetBeforeHead) }
        loop.deadlines.clear(deadlineSlot)
        self.call = call
        phase = .awaitingHead
        informationalHeads = 0
        isHeadRequest = request.method == "HEAD"
        let isCopied = request.body.readableBytes <= UpstreamConnection.copyLimit
        isLargeRequest = !isCopied
        let size = HeadWriter.estimate(request.headers) + request.target.utf8.count + pool.hostField.utf8.count
        var message = loop.writeBuffer.take(capacity: size + (isCopied ? request.body.readableBytes : 0))
        request.writeHead(hostField: pool.hostField, to: &message)
        if isCopied {
            message.writeImmutableBuffer(request.body)
            context.writeAndFlush(wrapOutboundOut(message), promise: nil)
        } else {
            context.write(wrapOutboundOut(message), promise: nil)
            context.writeAndFlush(wrapOutboundOut(request.body), promise: nil)
        }
        loop.writeBuffer.keep(message)
    }

    /// Takes all of the body that is there. One piece is a slice of what was received; several are joined, so that the
    /// caller writes once.
    func takeBody() -> BodyStep {
        guard phase == .body else { return .ended }
        var taken: ByteBuffer?
        do throws(HTTPViolation) {
            while failure == nil {
                let step = try body.next(from: &inbound.buffer)
                if case .data(let piece) = step {
                    UpstreamConnection.join(piece, to: &taken)
                } else if case .end = step {
                    finish()
                    return taken.map(BodyStep.piece) ?? .ended
                } else {
                    break
                }
            }
        } catch {
            failure = .malformed(error.upstreamMessage)
            close()
        }
        inbound.trim()
        if let taken {
            resumeReading()
            return .piece(taken)
        }
        return emptyStep()
    }

    /// Gives up on the current answer: the connection cannot be used again.
    func abandon() {
        call = nil
        phase = .closed
        close()
    }

    /// Closes the connection.
    func close() {
        context?.close(promise: nil)
    }

    /// Ends the current call and closes.
    func shutdown() {
        let call = call
        abandon()
        call?.fail(.cancelled)
    }

    // MARK: Reading

    private func ready() {
        guard phase == .connecting else { return }
        phase = .idle
        pool.offer(self)
    }

    private func advance() {
        guard phase == .awaitingHead else {
            call?.bodyMayHaveGrown()
            return
        }
        do throws(HTTPViolation) {
            while let result = try reader.read(from: &inbound.buffer, isHead: isHeadRequest) {
                guard result.head.status < 200 else { return received(result) }
                try skip(result.head)
            }
        } catch {
            let call = call
            abandon()
            call?.connectionEnded(.malformed(error.upstreamMessage))
        }
    }

    /// An interim answer means nothing to a caller here; 101 was not asked for.
    private func skip(_ head: ResponseHead) throws(HTTPViolation) {
        informationalHeads += 1
        guard head.status != 101 else { throw .malformed("the upstream switched protocols without being asked") }
        guard informationalHeads <= 16 else { throw .malformed("the upstream sent too many interim answers") }
    }

    private func received(_ result: ResponseReader.Result) {
        keepsAlive = result.keepsAlive
        body = BodyReader(result.framing)
        phase = .body
        inbound.trim()
        let call = call
        if body.hasEnded { finish() }
        call?.received(result.head)
    }

    /// The answer is complete: back to the pool if nothing speaks against it.
    private func finish() {
        let call = call
        self.call = nil
        call?.bodyEnded()
        // A rest of a small request would go out in front of the next one, as it must; that of a large one, which the
        // upstream did not wait for, could be as long as the request.
        guard keepsAlive, inbound.count == 0, !isLargeRequest || pendingBytes == 0, !isChannelClosed else {
            phase = .closed
            close()
            return
        }
        phase = .idle
        inbound.removeAll()
        resumeReading()
        pool.offer(self)
    }

    /// What it means that nothing of the body is there. A body that ends with the connection is complete only if the
    /// end was an orderly one.
    private func emptyStep() -> BodyStep {
        if let failure { return .failed(failure) }
        guard isChannelClosed else {
            resumeReading()
            return .needsMore
        }
        if case .untilClose = body, lastError == nil {
            finish()
            return .ended
        }
        return .failed(.resetMidBody(lastError.map { "\($0)" } ?? "the connection ended inside the body"))
    }

    private static func join(_ piece: ByteBuffer, to taken: inout ByteBuffer?) {
        if taken == nil {
            taken = piece
        } else {
            taken?.writeImmutableBuffer(piece)
        }
    }

    private func resumeReading() {
        guard isReadHeld, inbound.count < UpstreamConnection.readAhead else { return }
        isReadHeld = false
        context?.read()
    }

    private var pendingBytes: Int {
        let options = context?.channel.syncOptions
        return (try? options?.getOption(.bufferedWritableBytes)) ?? 0
    }

    // MARK: The end

    private func channelClosed() {
        guard !isChannelClosed else { return }
        isChannelClosed = true
        switch phase {
        case .connecting:
            phase = .closed
            fail(lastError ?? ChannelError.eof)
        case .idle, .closed:
            phase = .closed
            release()
        case .awaitingHead:
            phase = .closed
            let call = call
            self.call = nil
            release()
            call?.connectionEnded(.resetBeforeHead)
        case .body:
            // What came before the end is still there to be taken.
            release()
            call?.bodyMayHaveGrown()
        }
    }

    private func fail(_ error: any Error) {
        guard !isReleased else { return }
        isReleased = true
        pool.failed(self, UpstreamConnection.connectError(error))
    }

    private func release() {
        guard !isReleased else { return }
        isReleased = true
        pool.closed(self)
    }

    private static func connectError(_ error: any Error) -> UpstreamError {
        switch error {
        case ChannelError.connectTimeout: .connectTimeout
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: .tls("\(error)")
        default: .connectFailed("\(error)")
        }
    }
}
