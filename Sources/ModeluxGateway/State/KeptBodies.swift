import Synchronization

/// The memory that bodies of running streams may take altogether while they are collected for the body store. Slow
/// readers make many streams last at once; without a common bound each would hold its own share of what it has read.
final class KeptBodies: Sendable {
    /// Room is taken in steps, so that most pieces of a stream touch nothing shared.
    static let step = 64 << 10
    private let limit: Int
    private let taken = Atomic<Int>(0)

    /// An account of `limit` bytes.
    init(limit: Int) {
        self.limit = limit
    }

    /// Takes room for one more step; false when there is none.
    func takeStep() -> Bool {
        guard taken.wrappingAdd(KeptBodies.step, ordering: .relaxed).newValue <= limit else {
            taken.wrappingSubtract(KeptBodies.step, ordering: .relaxed)
            return false
        }
        return true
    }

    /// Gives room back.
    func giveBack(_ bytes: Int) {
        guard bytes > 0 else { return }
        taken.wrappingSubtract(bytes, ordering: .relaxed)
    }
}
