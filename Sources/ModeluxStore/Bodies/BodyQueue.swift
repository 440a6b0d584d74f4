public import ModeluxCore
import Synchronization

/// Bodies on their way to the store, bounded by bytes. When it is full, bodies are shed: they are the first thing to
/// give way, long before records.
public final class BodyQueue: Sendable {
    /// How much is held and kept.
    public struct Limits: Sendable {
        /// Bytes that may wait.
        public var queueBytes: Int
        /// Bytes of a request or an answer that are kept; the rest is cut off and the body marked.
        public var bodyBytes: Int

        /// Makes limits: 32 MiB may wait, 1 MiB of each side is kept.
        public init(queueBytes: Int = 32 << 20, bodyBytes: Int = 1 << 20) {
            self.queueBytes = max(0, queueBytes)
            self.bodyBytes = max(0, bodyBytes)
        }
    }

    /// Both bodies of one operation, cut to the limit.
    struct Item {
        let requestID: RequestID
        let request: [UInt8]
        let response: [UInt8]
        let isRequestCut: Bool
        let isResponseCut: Bool

        var byteCount: Int { request.count + response.count + 64 }
    }

    /// What is waiting and what has been left out.
    struct Figures {
        var bytes = 0
        var count = 0
        var shed: UInt64 = 0
        var isSuspended = false
        /// Pairs that were ever taken in, and that were written or given up.
        var accepted: UInt64 = 0
        var finished: UInt64 = 0
    }

    /// Signalled when something was added to an empty queue.
    let signal: WakeSignal
    private let limits: Limits
    private let state = Mutex(State())

    private struct State {
        var items: [Item] = []
        var figures = Figures()
    }

    init(limits: Limits) throws(SystemFailure) {
        self.limits = limits
        signal = try WakeSignal()
    }

    /// Takes bodies to be stored. Never blocks; some 100 ns and no copy unless a body is longer than the limit.
    /// - Returns: False when they were shed: the queue is full, or the disk does not take bodies at present.
    public func offer(_ bodies: RecordBodies) -> Bool {
        let item = Item(
            requestID: bodies.requestID, request: cut(bodies.request), response: cut(bodies.response),
            isRequestCut: bodies.request.count > limits.bodyBytes,
            isResponseCut: bodies.response.count > limits.bodyBytes)
        let taken = state.withLock { state in
            guard !state.figures.isSuspended, state.figures.bytes + item.byteCount <= limits.queueBytes else {
                state.figures.shed += 1
                return false
            }
            state.items.append(item)
            state.figures.bytes += item.byteCount
            state.figures.count += 1
            state.figures.accepted += 1
            return true
        }
        if taken { signal.signal() }
        return taken
    }

    /// The part that is kept; copied, since a slice would keep the whole alive behind the back of the accounting.
    private func cut(_ bytes: [UInt8]) -> [UInt8] {
        bytes.count > limits.bodyBytes ? Array(bytes[..<limits.bodyBytes]) : bytes
    }

    /// Takes everything out. The bytes count as waiting until `finish`.
    func takeAll() -> [Item] {
        state.withLock { state in
            defer { state.items = [] }
            return state.items
        }
    }

    /// Items that were taken out have been written, or given up.
    func finish(bytes: Int, count: Int) {
        state.withLock { state in
            state.figures.bytes -= bytes
            state.figures.count -= count
            state.figures.finished += UInt64(count)
        }
    }

    /// Counts bodies that were left out elsewhere: lost to a disk that refused them, or never collected for lack of
    /// memory.
    public func countShed(_ count: Int) { state.withLock { $0.figures.shed += UInt64(count) } }

    /// While suspended, every offer is shed at once.
    func suspend(_ isSuspended: Bool) { state.withLock { $0.figures.isSuspended = isSuspended } }

    var accepted: UInt64 { figures.accepted }

    var finished: UInt64 { figures.finished }

    var figures: Figures { state.withLock { $0.figures } }

    var isEmpty: Bool { state.withLock { $0.items.isEmpty } }
}
