import Logging
import ModeluxCore
import Synchronization

/// The least important level that is written, shared by all loggers, so that a reload of the settings reaches them.
final class LogThreshold: Sendable {
    private let level: Mutex<Logger.Level>

    init(_ level: Settings.Log.Level) {
        self.level = Mutex(LogThreshold.level(level))
    }

    var value: Logger.Level { level.withLock { $0 } }

    func set(_ new: Settings.Log.Level) {
        level.withLock { $0 = LogThreshold.level(new) }
    }

    private static func level(_ level: Settings.Log.Level) -> Logger.Level {
        Logger.Level(rawValue: level.rawValue) ?? .info
    }
}
