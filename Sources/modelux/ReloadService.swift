import Logging
import ModeluxCore
import ServiceLifecycle
import UnixSignals

/// Reads the settings again at SIGHUP. What can change while the program runs is taken over; what cannot is named in
/// the log; settings that are wrong change nothing. (Certificates are watched and need no signal.)
struct ReloadService: Service {
    let settings: Settings
    let load: @Sendable () throws -> Settings
    let threshold: LogThreshold
    let logger: Logger

    /// Keys that take effect at once.
    private static let live: Set = ["log.level"]

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() { reload() }
    }

    private func reload() {
        let new: Settings
        do {
            new = try load()
        } catch {
            let reason = (error as? CommandFailure)?.message ?? "\(error)"
            return logger.error("settings not reloaded: the old ones stay in force", metadata: ["reason": "\(reason)"])
        }
        threshold.set(new.log.level)
        let changed = Setting.all.filter { $0.text(in: new) != $0.text(in: settings) }.map(\.name)
        let waiting = changed.filter { !Self.live.contains($0) }
        logger.notice(
            "settings reloaded",
            metadata: ["need_restart": "\(waiting.isEmpty ? "none" : waiting.joined(separator: " "))"])
    }
}
