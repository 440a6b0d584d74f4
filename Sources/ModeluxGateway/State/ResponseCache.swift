import ModeluxCore
import NIOCore
import Synchronization

/// Answers that are given again, bounded in bytes; the one that was used longest ago goes first.
final class ResponseCache: Sendable {
    /// A kept answer.
    struct Entry: Sendable {
        /// The whole body, or all events of a stream without the gateway's own.
        let body: ByteBuffer
        /// Whether it is a stream.
        let isStream: Bool
        /// The type of its content.
        let contentType: String
        /// Who gave it.
        let provider: String
        /// Which model gave it.
        let model: String
        /// What it cost when it was made.
        let cost: Money
        /// The monotonic moment at which it is no longer good.
        let expires: UInt64

        /// Bytes held, for the bound.
        var byteCount: Int {
            body.readableBytes + contentType.utf8.count + provider.utf8.count + model.utf8.count + 256
        }
    }

    /// An answer that is larger is not kept.
    static let maximumEntryBytes = 1 << 20

    private struct State {
        var entries: [KeyDigest: (entry: Entry, lastUse: UInt64)] = [:]
        var bytes = 0
        var turn: UInt64 = 0
    }

    private let limit: Int
    private let state = Mutex(State())

    /// A cache of at most `limit` bytes.
    init(limit: Int) {
        self.limit = limit
    }

    /// The answer under a key, if it is still good.
    func entry(_ key: KeyDigest, at now: UInt64) -> Entry? {
        state.withLock { state in
            guard let found = state.entries[key] else { return nil }
            guard now < found.entry.expires else {
                state.entries[key] = nil
                state.bytes -= found.entry.byteCount
                return nil
            }
            state.turn &+= 1
            state.entries[key]?.lastUse = state.turn
            return found.entry
        }
    }

    /// Keeps an answer. O(1), but for making room: then O(entries).
    func keep(_ entry: Entry, under key: KeyDigest) {
        let size = entry.byteCount
        guard size <= min(limit, ResponseCache.maximumEntryBytes) else { return }
        state.withLock { state in
            if let old = state.entries.removeValue(forKey: key) { state.bytes -= old.entry.byteCount }
            if state.bytes + size > limit { ResponseCache.makeRoom(size, limit, &state) }
            state.turn &+= 1
            state.entries[key] = (entry, state.turn)
            state.bytes += size
        }
    }

    /// The length of a stream's last event (`[DONE]`, `message_stop`).
    static func lastEvent(of events: ByteBuffer) -> Int {
        let bytes = events.readableBytesView
        var end = bytes.endIndex
        while end > bytes.startIndex, bytes[end - 1] == UInt8(ascii: "\n") { end -= 1 }
        while end > bytes.startIndex + 1 {
            if bytes[end - 1] == UInt8(ascii: "\n"), bytes[end - 2] == UInt8(ascii: "\n") { break }
            end -= 1
        }
        return end > bytes.startIndex + 1 ? bytes.endIndex - end : bytes.count
    }

    /// Bytes held at present.
    var byteCount: Int { state.withLock { $0.bytes } }

    /// Removes a tenth more than is needed, so that a full cache does not sort at every answer.
    private static func makeRoom(_ size: Int, _ limit: Int, _ state: inout State) {
        let goal = max(0, limit - limit / 10 - size)
        for (key, held) in state.entries.sorted(by: { $0.value.lastUse < $1.value.lastUse }) {
            guard state.bytes > goal else { return }
            state.entries[key] = nil
            state.bytes -= held.entry.byteCount
        }
    }
}
