import Logging
import ModeluxCore
import ModeluxStore
import ServiceLifecycle
import Synchronization

/// What has to be done from time to time, off every request's path: folding the configuration's write-ahead log into
/// its file, and removing records and bodies that are too old.
struct UpkeepService: Service {
    let control: ControlStore
    let retention: Retention
    let bodyRoom: BodyRoom
    let clock: @Sendable () -> Timestamp
    let logger: Logger

    /// Writes to the configuration are rare, and days are long; a minute keeps both short.
    private static let interval = Duration.seconds(60)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            repeat { tidy() } while (try? await Task.sleep(for: Self.interval)) != nil
        }
    }

    private func tidy() {
        do {
            try control.checkpoint()
        } catch {
            logger.warning("the configuration's log could not be folded in", metadata: ["reason": "\(error)"])
        }
        let outcome = retention.run(now: clock())
        if !outcome.removed.isEmpty {
            logger.info("removed what is too old", metadata: ["files": "\(outcome.removed.joined(separator: " "))"])
        }
        if outcome.isFull, bodyRoom.isThere {
            logger.warning(
                "today's bodies fill records.store_limit: no more are stored until tomorrow",
                metadata: ["bytes": "\(outcome.bodyBytes)"])
        }
        bodyRoom.isThere = !outcome.isFull
    }
}

/// Whether bodies may be stored at present; read by every request, set by the upkeep.
final class BodyRoom: Sendable {
    private let flag: Atomic<Bool>

    init(isThere: Bool) {
        flag = Atomic(isThere)
    }

    var isThere: Bool {
        get { flag.load(ordering: .relaxed) }
        set { flag.store(newValue, ordering: .relaxed) }
    }
}
