public import NIOCore

/// One attempt at an upstream: one request, one answer. Used only on its event loop.
///
/// Send once; then read with ``next()`` until it gives `nil`, or ``collect(limit:)``, or ``cancel()``. A call that was
/// sent must reach one of these ends. Cancelling the task does not cancel the call.
///
/// `@unchecked Sendable`: every function checks in debug builds that it runs on the loop; nothing is reached from
/// another thread.
public final class UpstreamCall: DeadlineOwner, @unchecked Sendable {
    private enum Phase {
        case fresh
        case connecting
        case awaitingHead
        case body
        case ended
    }

    private let loop: UpstreamLoop
    private var phase = Phase.fresh
    private var request: UpstreamRequest?
    private var timeouts = Timeouts()
    private var limits: PhaseLimits
    private var pool: UpstreamPool?
    private var connection: UpstreamConnection?
    private var head: ResponseHead?
    private var failure: UpstreamError?
    private var waiter = Waiter()
    private var deadlineSlot = -1
    private var totalDeadline = NIODeadline.distantFuture
    private var phaseDeadline = NIODeadline.distantFuture

    /// True when the request went out on a connection that had carried another before.
    public private(set) var connectionReused = false
    /// True when a kept connection turned out dead before any byte came back, and a fresh one was used.
    public private(set) var hasRetriedStale = false
    /// True once the whole answer was received and taken: the piece that ``next()`` gave was the last.
    public private(set) var isComplete = false
    /// True when a connection is being made for this call.
    var hasConnectionUnderWay = false
    /// True when only a new connection will do.
    var needsFreshConnection: Bool { hasRetriedStale }

    init(loop: UpstreamLoop) {
        self.loop = loop
        limits = loop.usualLimits
    }

    /// The loop that all of this runs on.
    public var eventLoop: any EventLoop { loop.eventLoop }

    /// How long a connection for this call may take to be made.
    var connectTimeout: Duration { timeouts.connect }

    // MARK: Called by the owner

    /// Sends a request and waits for the head of its final answer (1xx are skipped).
    ///
    /// A kept connection that dies before any byte came back costs nothing but one new connection. Nothing else is
    /// tried twice.
    ///
    /// - Throws: any ``UpstreamError`` but `.idleTimeout`, `.resetMidBody` and `.tooLarge`; the call is then over.
    public func send(_ request: UpstreamRequest, timeouts: Timeouts) async throws(UpstreamError) -> ResponseHead {
        eventLoop.assertInEventLoop()
        guard case .fresh = phase else { throw .cancelled }
        guard request.isSendable else {
            phase = .ended
            throw .malformed("the method or target of the request cannot be sent")
        }
        guard !loop.isShutDown else { throw .cancelled }
        begin(request, timeouts)
        while true {
            if let failure { throw failure }
            if let head {
                self.head = nil
                return head
            }
            await withUnsafeContinuation { waiter.store($0) }
        }
    }

    /// The next piece of the body as it arrives, or `nil` after the last. While nobody asks, reading from the upstream
    /// pauses after a few kilobytes.
    ///
    /// - Throws: `.idleTimeout`, `.totalTimeout`, `.resetMidBody`, `.malformed` or `.cancelled`; the call is then over.
    public func next() async throws(UpstreamError) -> ByteBuffer? {
        eventLoop.assertInEventLoop()
        while true {
            if let failure { throw failure }
            guard let connection else { return nil }
            switch connection.takeBody() {
            case .piece(let bytes):
                setPhaseDeadline(.distantFuture)
                return bytes
            case .ended:
                return nil
            case .failed(let error):
                fail(error)
            case .needsMore:
                setPhaseDeadline(.after(limits.idle))
                await withUnsafeContinuation { waiter.store($0) }
            }
        }
    }

    /// Receives the rest of the body.
    ///
    /// - Parameter limit: the most bytes to take; a larger body ends the call with `.tooLarge`.
    /// - Returns: the whole body, or what is left of it.
    /// - Throws: as ``next()``, and `.tooLarge`.
    public func collect(limit: Int) async throws(UpstreamError) -> ByteBuffer {
        guard var collected = try await next() else { return ByteBuffer() }
        while collected.readableBytes <= limit {
            guard !isComplete, let piece = try await next() else { return collected }
            collected.writeImmutableBuffer(piece)
        }
        fail(.tooLarge)
        throw .tooLarge
    }

    /// Ends the call at once and closes its connection, unless the answer is complete. A pending ``send(_:timeouts:)``
    /// or ``next()`` throws `.cancelled`.
    public func cancel() {
        eventLoop.assertInEventLoop()
        if case .ended = phase { return }
        fail(.cancelled)
    }

    // MARK: Called by pool and connection

    /// A connection is there: the request goes out.
    func start(on connection: UpstreamConnection) {
        guard case .connecting = phase, let request else { return connection.close() }
        self.connection = connection
        phase = .awaitingHead
        phaseDeadline = .after(limits.firstByte)
        arm()
        connectionReused = connection.hasCarriedCalls
        connection.send(request, for: self)
    }

    /// The head came; its body may have ended with it.
    func received(_ head: ResponseHead) {
        self.head = head
        // Nothing can be sent again from here on: the body need not stay in memory as long as the answer lasts.
        request = nil
        if case .awaitingHead = phase {
            phase = .body
            setPhaseDeadline(.distantFuture)
        }
        waiter.wake()
    }

    /// More of the body may be there, or its end.
    func bodyMayHaveGrown() {
        waiter.wake()
    }

    /// The body is complete and the connection belongs to somebody else.
    func bodyEnded() {
        isComplete = true
        connection = nil
        end()
    }

    /// The connection ended before the head. A kept one was probably closed by the upstream while it was idle, and the
    /// request never read.
    func connectionEnded(_ error: UpstreamError) {
        guard case .awaitingHead = phase else { return }
        if error == .resetBeforeHead, let connection, connection.isReused, !connection.hasReceived, !hasRetriedStale {
            self.connection = nil
            hasRetriedStale = true
            phase = .connecting
            phaseDeadline = .after(limits.connect)
            arm()
            pool?.acquire(for: self)
        } else {
            fail(error)
        }
    }

    /// Ends the call with an error.
    func fail(_ error: UpstreamError) {
        guard failure == nil else { return }
        if case .ended = phase { return }
        failure = error
        head = nil
        let connection = connection
        self.connection = nil
        if case .connecting = phase { pool?.forget(self) }
        end()
        connection?.abandon()
        waiter.wake()
    }

    func deadlinePassed() {
        guard NIODeadline.now() < totalDeadline else { return fail(.totalTimeout) }
        switch phase {
        case .connecting: fail(.connectTimeout)
        case .awaitingHead: fail(.firstByteTimeout)
        case .body: fail(.idleTimeout)
        case .fresh, .ended: break
        }
    }

    // MARK: Own steps

    private func begin(_ request: UpstreamRequest, _ timeouts: Timeouts) {
        self.request = request
        self.timeouts = timeouts
        limits = loop.limits(for: timeouts)
        let now = NIODeadline.now()
        totalDeadline = .after(limits.total, from: now)
        phaseDeadline = .after(limits.connect, from: now)
        deadlineSlot = loop.deadlines.add(self)
        arm()
        phase = .connecting
        let pool = loop.pool(request.origin)
        self.pool = pool
        loop.executor.perform { pool.acquire(for: self) }
    }

    private func setPhaseDeadline(_ deadline: NIODeadline) {
        phaseDeadline = deadline
        arm()
    }

    private func arm() {
        guard deadlineSlot >= 0 else { return }
        loop.deadlines.set(deadlineSlot, min(phaseDeadline, totalDeadline))
    }

    private func end() {
        phase = .ended
        request = nil
        guard deadlineSlot >= 0 else { return }
        loop.deadlines.remove(deadlineSlot)
        deadlineSlot = -1
    }
}
