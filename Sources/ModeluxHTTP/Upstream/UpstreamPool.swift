import NIOCore

/// The connections of one loop to one origin: idle ones wait here, and calls wait here for one. On the loop only.
final class UpstreamPool {
    let origin: Origin
    /// The `Host` value, made once.
    let hostField: String
    private let loop: UpstreamLoop
    /// Used from the end, so that what was used last is used next and the others age out.
    private var idle: [UpstreamConnection] = []
    private var waiting: [UpstreamCall] = []
    /// Connections that are open or being made, idle ones included.
    private var open = 0

    init(origin: Origin, loop: UpstreamLoop) {
        self.origin = origin
        self.loop = loop
        hostField = origin.hostField
    }

    /// True when no connection and no call refers to the pool.
    var isEmpty: Bool { open == 0 && waiting.isEmpty }

    /// Gives the call an idle connection at once, or starts one for it, or lets it wait until one is free.
    func acquire(for call: UpstreamCall) {
        if !call.needsFreshConnection, let connection = idle.popLast() {
            return call.start(on: connection)
        }
        waiting.append(call)
        if call.needsFreshConnection || open < loop.settings.maximumConnectionsPerOrigin {
            connect(for: call)
        }
    }

    /// The call no longer wants a connection.
    func forget(_ call: UpstreamCall) {
        waiting.removeAll { $0 === call }
    }

    /// A connection is free: new, or at the end of an answer. The call it was made for has the first right to it.
    func offer(_ connection: UpstreamConnection) {
        let intended = connection.intended
        connection.intended = nil
        guard !loop.isShutDown else { return connection.close() }
        let index = waiting.firstIndex { $0 === intended } ?? waiting.firstIndex { !$0.needsFreshConnection }
        guard let index else {
            idle.append(connection)
            connection.becameIdle()
            return
        }
        waiting.remove(at: index).start(on: connection)
    }

    /// A connection could not be made; the call it was made for fails unless another connection served it.
    func failed(_ connection: UpstreamConnection, _ error: UpstreamError) {
        let intended = connection.intended
        connection.intended = nil
        if let intended, waiting.contains(where: { $0 === intended }) {
            forget(intended)
            intended.fail(error)
        }
        closed(connection)
    }

    /// A connection is closed. A call that waits beyond the limit may now have one of its own.
    func closed(_ connection: UpstreamConnection) {
        idle.removeAll { $0 === connection }
        open -= 1
        loop.remove(connection)
        if !loop.isShutDown, open < loop.settings.maximumConnectionsPerOrigin,
            let next = waiting.first(where: { !$0.hasConnectionUnderWay })
        {
            connect(for: next)
        }
        loop.removeIfEmpty(self)
    }

    /// Ends every waiting call.
    func cancelWaiting() {
        let calls = waiting
        waiting = []
        for call in calls { call.fail(.cancelled) }
    }

    private func connect(for call: UpstreamCall) {
        open += 1
        call.hasConnectionUnderWay = true
        let connection = UpstreamConnection(pool: self, loop: loop)
        connection.intended = call
        loop.connect(connection, to: origin, timeout: call.connectTimeout)
    }
}
