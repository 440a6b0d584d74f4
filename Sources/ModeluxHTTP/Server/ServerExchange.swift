import Logging
public import NIOCore

/// One request and its answer. Used only on its event loop, from the handler's task and what it starts on that loop.
///
/// `@unchecked Sendable`: the handler's task runs on the loop's executor, and every function checks in debug builds
/// that it is on the loop; nothing is reached from another thread.
public final class ServerExchange: @unchecked Sendable {
    private enum Answer {
        case none
        case streaming(isChunked: Bool)
        case ended
    }

    /// The request line and header fields.
    public let head: RequestHead
    /// When the first byte of the request came, on the monotonic clock.
    public let requestReceived: NIODeadline
    /// True once the client is gone or was cut off; what is written then goes nowhere.
    public private(set) var isClientGone = false

    /// True once the server is stopping and the time for answers to end is up: end the answer now, a moment later the
    /// connection is cut.
    public private(set) var isCutOff = false

    private let connection: ServerConnection
    private var answer = Answer.none
    private var hasBody: Bool
    private var needsContinue: Bool
    private var bodyFailure: ExchangeError?
    private var bodyWaiter = Waiter()
    private var writeWaiter = Waiter()
    private var goneActions: [() -> Void] = []
    private var reservedBytes = 0
    private var streamKeepsAlive = false
    /// True when the answer's head says all: `HEAD`, 204, 304.
    private var isBodyless = false

    init(head: RequestHead, connection: ServerConnection, requestReceived: NIODeadline) {
        self.head = head
        self.connection = connection
        self.requestReceived = requestReceived
        hasBody = head.framing != .none
        needsContinue = head.expectsContinue
    }

    deinit {
        if reservedBytes > 0 { connection.loop.census.releaseBody(reservedBytes) }
    }

    /// The loop that all of this runs on.
    public var eventLoop: any EventLoop { connection.loop.eventLoop }

    /// The executor of that loop's tasks: start child tasks with it.
    public var executor: EventLoopTaskExecutor { connection.loop.executor }

    /// The client's numeric address; empty when it is gone.
    public var remoteAddress: String { connection.remoteAddress }

    /// True once the first byte of the answer was written.
    public var hasAnswered: Bool {
        if case .none = answer { false } else { true }
    }

    // MARK: The request body

    /// Receives the whole body. Tells a client that waits for it to go on. A body that is already there comes back at
    /// once, as a slice of what was received.
    ///
    /// - Parameter limit: the most bytes to take.
    /// - Returns: the body; empty when there is none or it was taken.
    /// - Throws: `.tooLarge` as soon as the declared or the received size passes the limit, `.malformed`, `.timeout`,
    ///   `.overloaded`, or `.clientGone`.
    public func body(limit: Int) async throws(ExchangeError) -> ByteBuffer {
        eventLoop.assertInEventLoop()
        guard hasBody else { return ByteBuffer() }
        defer { connection.stopWaitingForBody() }
        if let length = head.contentLength {
            return try await fixedBody(length, limit: limit)
        }
        return try await chunkedBody(limit: limit)
    }

    private func fixedBody(_ length: Int, limit: Int) async throws(ExchangeError) -> ByteBuffer {
        guard length <= limit else { throw .tooLarge }
        while true {
            if let body = connection.takeWholeBody(length) {
                hasBody = false
                return body
            }
            try await waitForBody(collected: 0)
        }
    }

    private func chunkedBody(limit: Int) async throws(ExchangeError) -> ByteBuffer {
        var collected = ByteBuffer()
        while true {
            switch step() {
            case .data(var piece):
                guard piece.readableBytes <= limit - collected.readableBytes else { throw .tooLarge }
                if collected.readableBytes == 0 {
                    swap(&collected, &piece)
                } else {
                    collected.writeImmutableBuffer(piece)
                }
            case .end:
                hasBody = false
                return collected
            case .needsMore:
                try await waitForBody(collected: collected.readableBytes)
            case nil:
                throw .malformed
            }
        }
    }

    private func step() -> ChunkReader.Step? {
        try? connection.takeBody()
    }

    private func waitForBody(collected: Int) async throws(ExchangeError) {
        if isClientGone { throw .clientGone }
        try reserve(collected + connection.receivedCount)
        connection.waitForBody(sendsContinue: needsContinue && connection.receivedCount == 0 && collected == 0)
        needsContinue = false
        await withUnsafeContinuation { bodyWaiter.store($0) }
        if let bodyFailure { throw bodyFailure }
        if isClientGone { throw .clientGone }
    }

    /// Accounts what this body holds in memory; small bodies are not worth the atomic operation.
    private func reserve(_ count: Int) throws(ExchangeError) {
        guard count > 64 * 1_024, count > reservedBytes else { return }
        guard connection.loop.census.reserveBody(count - reservedBytes) else { throw .overloaded }
        reservedBytes = count
    }

    // MARK: The answer

    /// Writes a whole answer in one go and ends the exchange. Adds `content-length` and, when the connection cannot go
    /// on, `connection: close`. A `HEAD` gets the fields without the body. Does nothing if an answer was begun.
    public func respond(_ head: ResponseHead, body: ByteBuffer = ByteBuffer()) {
        eventLoop.assertInEventLoop()
        guard case .none = answer else {
            assertionFailure("an answer was already begun")
            return
        }
        answer = .ended
        guard !isClientGone else { return }
        let keepsAlive = connection.prepareToEnd(self.head)
        let sendsBody = self.head.method != "HEAD" && ServerExchange.hasBody(head.status)
        let size = sendsBody ? min(body.readableBytes, 16 * 1_024) : 0
        var buffer = connection.makeBuffer(capacity: HeadWriter.estimate(head.headers) + size)
        HeadWriter.writeResponse(head, to: &buffer)
        if ServerExchange.hasBody(head.status) {
            HeadWriter.writeContentLength(body.readableBytes, to: &buffer)
        }
        writeConnectionField(keepsAlive: keepsAlive, to: &buffer)
        if sendsBody {
            connection.write(&buffer, body)
        } else {
            connection.write(buffer)
        }
        connection.loop.writeBuffer.keep(buffer)
        finish(keepsAlive: keepsAlive)
    }

    /// Writes the head of an answer whose length is not known: chunked for HTTP/1.1, ended by the connection for
    /// HTTP/1.0. Does nothing if an answer was begun.
    public func startStream(_ head: ResponseHead) {
        eventLoop.assertInEventLoop()
        guard case .none = answer else {
            assertionFailure("an answer was already begun")
            return
        }
        answer = .streaming(isChunked: self.head.isHTTP11)
        guard !isClientGone else { return }
        streamKeepsAlive = connection.prepareToEnd(self.head) && self.head.isHTTP11
        var buffer = connection.makeBuffer(capacity: HeadWriter.estimate(head.headers))
        HeadWriter.writeResponse(head, to: &buffer)
        if self.head.isHTTP11, ServerExchange.hasBody(head.status) {
            buffer.writeStaticString("transfer-encoding: chunked\r\n")
        }
        writeConnectionField(keepsAlive: streamKeepsAlive, to: &buffer)
        isBodyless = self.head.method == "HEAD" || !ServerExchange.hasBody(head.status)
        connection.write(buffer)
        connection.loop.writeBuffer.keep(buffer)
    }

    /// Writes a piece of the stream and flushes it. Comes back at once while the client keeps up; waits while it does
    /// not, so a slow client costs what fits between two marks and no more.
    ///
    /// - Throws: `.clientGone`.
    public func write(_ bytes: ByteBuffer) async throws(ExchangeError) {
        eventLoop.assertInEventLoop()
        guard !isClientGone, case .streaming(let isChunked) = answer else { throw .clientGone }
        guard bytes.readableBytes > 0, !isBodyless else { return }
        if isChunked {
            connection.writeChunk(bytes, isLast: false)
        } else {
            connection.write(bytes)
        }
        guard !connection.isWritable else { return }
        connection.waitForClient()
        while !isClientGone, !connection.isWritable {
            await withUnsafeContinuation { writeWaiter.store($0) }
        }
        if isClientGone { throw .clientGone }
        connection.stopWaitingForClient()
    }

    /// Ends the stream.
    public func finishStream() {
        finishStream(last: ByteBuffer())
    }

    /// Writes the last piece and the end of the stream in one write.
    public func finishStream(last bytes: ByteBuffer) {
        eventLoop.assertInEventLoop()
        guard case .streaming(let isChunked) = answer else { return }
        answer = .ended
        guard !isClientGone else { return }
        if isBodyless {
            // Nothing to end.
        } else if !isChunked {
            if bytes.readableBytes > 0 { connection.write(bytes) }
        } else if bytes.readableBytes > 0 {
            connection.writeChunk(bytes, isLast: true)
        } else {
            connection.write(ByteBuffer(staticString: "0\r\n\r\n"))
        }
        finish(keepsAlive: streamKeepsAlive && !connection.loop.isDraining)
    }

    /// Cuts the connection at once: a client that was getting a stream sees that it is not whole.
    public func abort() {
        eventLoop.assertInEventLoop()
        guard !isClientGone else { return }
        if case .ended = answer { return }
        if case .streaming(isChunked: false) = answer {
            connection.reset()
        } else {
            connection.close()
        }
    }

    /// Runs an action when the client goes away before the answer ended, or is about to be cut off: at once if it is so
    /// already.
    ///
    /// The end of the client's side of the connection counts as gone even if it only stopped sending: clients that
    /// half-close and still read are rare, and a stream that nobody reads costs money.
    public func onClientGone(_ action: @escaping () -> Void) {
        eventLoop.assertInEventLoop()
        if isClientGone || isCutOff {
            action()
        } else if case .ended = answer {
            return
        } else {
            goneActions.append(action)
        }
    }

    // MARK: Called by the connection

    /// True while the handler waits for more of the body.
    var isWaitingForBody: Bool { bodyWaiter.isWaiting }

    /// More bytes of the body may be there.
    func bodyMayHaveGrown() {
        bodyWaiter.wake()
    }

    /// The body came more slowly than the settings allow.
    func bodyCameTooSlowly() {
        bodyFailure = .timeout
        bodyWaiter.wake()
    }

    /// The client takes bytes again.
    func becameWritable() {
        writeWaiter.wake()
    }

    /// The server is stopping and waits no longer for the answer to end by itself.
    func cutOff() {
        isCutOff = true
        runGoneActions()
    }

    /// The connection is closed before the answer ended.
    func clientLeft() {
        isClientGone = true
        runGoneActions()
        bodyWaiter.wake()
        writeWaiter.wake()
    }

    private func runGoneActions() {
        let actions = goneActions
        goneActions = []
        for action in actions { action() }
    }

    /// Whether the worker that ran the handler may wait for another request.
    func mayRest(_ worker: RequestWorker) -> Bool {
        connection.loop.rest(worker)
    }

    /// The handler is done; an answer that it left out or open is ended here.
    func handlerReturned() {
        switch answer {
        case .none:
            connection.loop.logger.error("a handler returned without an answer")
            respond(ResponseHead(status: 500))
        case .streaming:
            abort()
        case .ended:
            break
        }
    }

    private func finish(keepsAlive: Bool) {
        goneActions = []
        connection.end(keepsAlive: keepsAlive)
    }

    private func writeConnectionField(keepsAlive: Bool, to buffer: inout ByteBuffer) {
        if !keepsAlive {
            buffer.writeStaticString("connection: close\r\n\r\n")
        } else if head.isHTTP11 {
            buffer.writeStaticString("\r\n")
        } else {
            buffer.writeStaticString("connection: keep-alive\r\n\r\n")
        }
    }

    private static func hasBody(_ status: Int) -> Bool {
        status != 204 && status != 304 && status >= 200
    }
}
