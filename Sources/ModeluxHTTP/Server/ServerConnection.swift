import Logging
import NIOCore
import NIOSSL
import NIOTLS

/// One client connection: reads requests, hands them out one at a time, writes their answers. On the loop only.
final class ServerConnection: ChannelDuplexHandler, DeadlineOwner {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        /// The TLS handshake is under way.
        case handshaking
        /// No byte of a request is there.
        case idle
        /// Part of a head is there.
        case head
        /// A handler has the request.
        case exchange
        /// The last answer is on its way; nothing more is read.
        case closing
        /// The last answer is out; what the client still sends is dropped, so that it can read the answer.
        case lingering
        case closed
    }

    /// What waits here unread while a handler works or a slow client holds the answer back.
    private static let readAhead = 64 * 1_024
    /// What is read and dropped after an answer that closes the connection.
    private static let lingerBytes = 1_024 * 1_024
    private static let lingerTime = TimeAmount.seconds(3)
    /// Larger pieces are written as they are, beside their framing, in one vectored write.
    private static let copyLimit = 16 * 1_024

    let loop: ServerLoop
    private var context: ChannelHandlerContext?
    private var phase: Phase
    private var inbound = ReceivedBytes()
    private var reader: RequestReader
    private var body = BodyReader.ended
    private var exchange: ServerExchange?
    /// The slot in the loop's deadlines; -1 once it is given back, since others then use it.
    private var deadlineSlot = -1
    private var headStarted = NIODeadline.distantPast
    private var isReadHeld = false
    private var lingered = 0
    /// Bytes that were waiting for the client when its write-idle time was last checked; -1 while none wait.
    private var stalledBytes = -1
    /// Bytes of the body that came in the current window.
    private var windowBytes = 0
    private var isTimingBody = false

    init(loop: ServerLoop, isSecure: Bool) {
        self.loop = loop
        phase = isSecure ? .handshaking : .idle
        reader = RequestReader(limits: loop.limits)
    }

    /// Succeeds when the connection is closed.
    var closeFuture: EventLoopFuture<Void>? { context?.channel.closeFuture }

    /// The client's numeric address, or an empty string when it is not known.
    private(set) lazy var remoteAddress = context?.channel.remoteAddress?.ipAddress ?? ""

    // MARK: Events of the channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        deadlineSlot = loop.deadlines.add(self)
        let limit = phase == .handshaking ? loop.headTimeout : loop.keepAliveIdle
        setDeadline(.after(limit))
        loop.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        loop.executor.perform { leave() }
        loop.deadlines.remove(deadlineSlot)
        deadlineSlot = -1
        loop.remove(self)
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        loop.executor.perform { leave() }
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        switch phase {
        case .closing, .closed: return
        case .lingering: linger(bytes.readableBytes)
        case .handshaking, .idle, .head, .exchange:
            // Reading was not asked for: the kernel drains what is left before it reports the end of the connection.
            guard !isReadHeld else { return }
            windowBytes += bytes.readableBytes
            inbound.append(bytes)
            loop.executor.perform { advance() }
        }
    }

    func read(context: ChannelHandlerContext) {
        if mayRead {
            context.read()
        } else {
            isReadHeld = true
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard context.channel.isWritable else { return }
        stalledBytes = -1
        loop.executor.perform { exchange?.becameWritable() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted = event as? TLSUserEvent, phase == .handshaking {
            becomeIdle()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        loop.logger.debug("client connection failed", metadata: ["error": "\(error)"])
        context.close(promise: nil)
    }

    func deadlinePassed() {
        switch phase {
        case .handshaking, .lingering: close()
        case .idle: closeUnlessWriting()
        case .head: refuse(status: 408, message: "the request head did not come in time")
        case .exchange: checkProgress()
        case .closing: closeUnlessWriting()
        case .closed: break
        }
    }

    // MARK: Requests

    private var mayRead: Bool {
        switch phase {
        case .handshaking, .idle, .head, .lingering: true
        case .exchange: exchange?.isWaitingForBody == true || inbound.count < ServerConnection.readAhead
        case .closing, .closed: false
        }
    }

    private func resumeReading() {
        guard isReadHeld, mayRead else { return }
        isReadHeld = false
        context?.read()
    }

    /// Takes the next head out of what was received, if no request is being answered.
    private func advance() {
        if phase == .exchange {
            exchange?.bodyMayHaveGrown()
            return
        }
        guard inbound.count > 0 else { return }
        if phase != .head {
            phase = .head
            headStarted = .now()
            setDeadline(.after(loop.headTimeout, from: headStarted))
        }
        do throws(HTTPViolation) {
            guard let head = try reader.read(from: &inbound.buffer) else { return }
            start(head)
        } catch {
            refuse(status: error.status, message: error.message)
        }
    }

    private func start(_ head: RequestHead) {
        phase = .exchange
        isTimingBody = false
        body = BodyReader(head.framing)
        inbound.trim()
        clearDeadline()
        let exchange = ServerExchange(head: head, connection: self, requestReceived: headStarted)
        self.exchange = exchange
        loop.start(exchange)
    }

    /// Takes as much of the body as is there.
    func takeBody() throws(HTTPViolation) -> ChunkReader.Step {
        let step = try body.next(from: &inbound.buffer)
        inbound.trim()
        return step
    }

    /// Takes a body of known length once all of it is there: one slice, no copy.
    func takeWholeBody(_ length: Int) -> ByteBuffer? {
        guard case .length(length) = body, let bytes = inbound.buffer.readSlice(length: length) else { return nil }
        body = .ended
        inbound.trim()
        return bytes
    }

    /// Bytes received and not taken yet.
    var receivedCount: Int { inbound.count }

    /// Lets the body flow and starts watching its speed.
    func waitForBody(sendsContinue: Bool) {
        if sendsContinue {
            write(ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n"))
        }
        if !isTimingBody {
            isTimingBody = true
            windowBytes = 0
            setDeadline(.after(loop.settings.bodyWindow))
        }
        resumeReading()
    }

    /// Stops watching the speed of the body.
    func stopWaitingForBody() {
        guard isTimingBody else { return }
        isTimingBody = false
        clearDeadline()
    }

    private func checkProgress() {
        if let exchange, exchange.isWaitingForBody {
            let milliseconds = Int(clamping: TimeAmount(loop.settings.bodyWindow).nanoseconds / 1_000_000)
            let (wanted, _) = loop.settings.bodyMinimumBytesPerSecond.multipliedReportingOverflow(by: milliseconds)
            if windowBytes < wanted / 1_000 {
                loop.executor.perform { exchange.bodyCameTooSlowly() }
            } else {
                windowBytes = 0
                setDeadline(.after(loop.settings.bodyWindow))
            }
        } else {
            closeUnlessWriting()
        }
    }

    // MARK: Answers

    /// True when the connection may serve another request after this answer. Reads what is left of the body if all of
    /// it is there; a body that is still on its way costs the connection.
    func prepareToEnd(_ head: RequestHead) -> Bool {
        while !body.hasEnded {
            guard let step = try? takeBody(), case .data = step else { break }
        }
        return body.hasEnded && !head.closesConnection && !loop.isDraining
    }

    /// Writes and flushes.
    func write(_ bytes: ByteBuffer) {
        context?.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    /// Writes one chunk with its framing; small ones are copied together so that they take one buffer.
    func writeChunk(_ bytes: ByteBuffer, isLast: Bool) {
        guard let context else { return }
        let end: StaticString = isLast ? "\r\n0\r\n\r\n" : "\r\n"
        let isCopied = bytes.readableBytes <= ServerConnection.copyLimit
        var frame = loop.writeBuffer.take(capacity: 24 + (isCopied ? bytes.readableBytes : 0))
        HeadWriter.writeChunkSize(bytes.readableBytes, to: &frame)
        if isCopied {
            frame.writeImmutableBuffer(bytes)
            frame.writeStaticString(end)
            context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
        } else {
            context.write(wrapOutboundOut(frame), promise: nil)
            context.write(wrapOutboundOut(bytes), promise: nil)
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(staticString: end)), promise: nil)
        }
        loop.writeBuffer.keep(frame)
    }

    /// Writes a head and a body, copied together when the body is small.
    func write(_ head: inout ByteBuffer, _ body: ByteBuffer) {
        guard let context else { return }
        if body.readableBytes <= ServerConnection.copyLimit {
            head.writeImmutableBuffer(body)
            context.writeAndFlush(wrapOutboundOut(head), promise: nil)
        } else {
            context.write(wrapOutboundOut(head), promise: nil)
            context.writeAndFlush(wrapOutboundOut(body), promise: nil)
        }
    }

    /// A buffer for an answer of about that size.
    func makeBuffer(capacity: Int) -> ByteBuffer {
        loop.writeBuffer.take(capacity: capacity)
    }

    /// True while the client takes what is written.
    var isWritable: Bool { context?.channel.isWritable ?? true }

    /// Starts the write-idle time of a client that takes nothing.
    func waitForClient() {
        stalledBytes = pendingBytes
        setDeadline(.after(loop.settings.writeIdle))
    }

    /// The client takes bytes again.
    func stopWaitingForClient() {
        clearDeadline()
    }

    /// The answer is written: the next request may come, or the connection closes.
    func end(keepsAlive: Bool) {
        exchange = nil
        guard phase == .exchange else { return }
        guard keepsAlive else { return closeAfterWriting() }
        becomeIdle()
        advance()
        resumeReading()
    }

    /// Cuts the connection with a reset: where no chunks frame an answer, nothing else shows that bytes are missing.
    func reset() {
        if let channel = context?.channel { ResetOnClose.arm(channel) }
        close()
    }

    /// Cuts the connection.
    func close() {
        context?.close(promise: nil)
    }

    /// Closes now if idle, else after the answer.
    func drain() {
        switch phase {
        case .idle, .handshaking: closeAfterWriting()
        case .head, .exchange, .closing, .lingering, .closed: break
        }
    }

    /// Asks the handler to end its answer at once.
    func cutOff() {
        exchange?.cutOff()
    }

    private func becomeIdle() {
        phase = .idle
        setDeadline(.after(loop.keepAliveIdle))
    }

    /// Answers a request that no handler may see, and closes.
    private func refuse(status: Int, message: String) {
        var head = ResponseHead(status: status)
        head.headers.add("content-type", "application/json")
        let text = """
            {"error":{"message":"\(message)","type":"invalid_request_error","param":null,"code":"malformed_request"}}
            """
        var buffer = makeBuffer(capacity: 512)
        HeadWriter.writeResponse(head, to: &buffer)
        HeadWriter.writeContentLength(text.utf8.count, to: &buffer)
        buffer.writeStaticString("connection: close\r\n\r\n")
        buffer.writeString(text)
        inbound.removeAll()
        body = .untilClose
        write(buffer)
        closeAfterWriting()
    }

    /// Closes when everything written has left. If the client may still be sending, its bytes are dropped for a while
    /// first: closing with unread bytes resets the connection, and the client might never see the answer.
    private func closeAfterWriting() {
        guard let context else { return }
        phase = .closing
        setDeadline(.after(loop.settings.writeIdle))
        stalledBytes = pendingBytes
        let mustLinger = !body.hasEnded || inbound.count > 0
        inbound.removeAll()
        let flushed = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: flushed)
        flushed.futureResult.assumeIsolated().whenComplete { _ in
            if mustLinger {
                self.startLingering()
            } else {
                self.close()
            }
        }
    }

    private func startLingering() {
        guard phase == .closing, let context else { return }
        phase = .lingering
        setDeadline(.now() + ServerConnection.lingerTime)
        context.close(mode: .output, promise: nil)
        resumeReading()
    }

    private func linger(_ count: Int) {
        lingered += count
        if lingered > ServerConnection.lingerBytes { close() }
    }

    private var pendingBytes: Int {
        let options = context?.channel.syncOptions
        return (try? options?.getOption(.bufferedWritableBytes)) ?? 0
    }

    /// Closes unless the client has taken bytes since the last look.
    private func closeUnlessWriting() {
        let pending = pendingBytes
        guard pending > 0, pending != stalledBytes else { return close() }
        stalledBytes = pending
        setDeadline(.after(loop.settings.writeIdle))
    }

    private func setDeadline(_ deadline: NIODeadline) {
        if deadlineSlot >= 0 { loop.deadlines.set(deadlineSlot, deadline) }
    }

    private func clearDeadline() {
        if deadlineSlot >= 0 { loop.deadlines.clear(deadlineSlot) }
    }

    private func leave() {
        guard phase != .closed else { return }
        phase = .closed
        clearDeadline()
        inbound.removeAll()
        let left = exchange
        exchange = nil
        left?.clientLeft()
    }
}
