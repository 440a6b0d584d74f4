import Logging
import ModeluxStore
import ServiceLifecycle

/// What has to be done from time to time, off every request's path: folding the configuration's write-ahead log into
/// its file.
struct UpkeepService: Service {
    let control: ControlStore
    let logger: Logger

    /// Writes to the configuration are rare; once a minute keeps its log short.
    private static let interval = Duration.seconds(60)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while true {
                do {
                    try await Task.sleep(for: Self.interval)
                } catch {
                    return
                }
                tidy()
            }
        }
    }

    private func tidy() {
        do {
            try control.checkpoint()
        } catch {
            logger.warning("the configuration's log could not be folded in", metadata: ["reason": "\(error)"])
        }
    }
}
