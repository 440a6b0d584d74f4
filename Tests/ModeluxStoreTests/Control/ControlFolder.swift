import Foundation
import Logging
import ModeluxCore
import Synchronization

@testable import ModeluxStore

/// A data folder of one test, removed with it, and a clock that the test moves.
final class ControlFolder: Sendable {
    let path: String
    private let time = Mutex(Timestamp(microseconds: 1_800_000_000_000_000))

    init() {
        path = NSTemporaryDirectory() + "modelux-control-" + UUID().uuidString
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    var now: Timestamp { time.withLock { $0 } }

    func advance(seconds: Int64) {
        time.withLock { $0 = $0.advanced(byMicroseconds: seconds * 1_000_000) }
    }

    func open(catalogue: Catalogue = .empty, environment: [Provider] = []) throws -> ControlStore {
        try ControlStore(
            directory: path, catalogue: catalogue, environment: environment, clock: { self.now },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    static let admin = Author(kind: .key, id: "mkey_test", name: "test", role: .owner, address: "127.0.0.1")
}
