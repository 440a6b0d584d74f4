import Foundation
import Testing

@testable import modelux

struct DataDirectoryTests {
    @Test
    func `a directory is made for its owner alone and held by one process`() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "modelux-\(UUID().uuidString)/data").path
        let first = try DataDirectory(path)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o700)
        #expect(first.isEmpty)
        let refused = #expect(throws: CommandFailure.self) { try DataDirectory(path) }
        #expect(refused?.code == .busy)
        #expect(refused?.message.contains("process \(ProcessInfo.processInfo.processIdentifier)") == true)
        withExtendedLifetime(first) {}
    }

    @Test
    func `the lock ends with its holder`() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "modelux-\(UUID().uuidString)").path
        for _ in 1...3 { _ = try DataDirectory(path) }
    }

    @Test(arguments: [
        ("/proc/nothing", CommandFailure.Code.permission),
        ("/tmp/" + String(repeating: "long", count: 30), .settings),
    ])
    func `a place that cannot be used is refused with a reason`(path: String, code: CommandFailure.Code) {
        let refused = #expect(throws: CommandFailure.self) { try DataDirectory(path) }
        #expect(refused?.code == code)
        #expect(refused?.message.contains(path) == true)
    }

    @Test
    func `nobody listens at a socket that is not there`() {
        #expect(SocketProbe.error(of: "/tmp/modelux-\(UUID().uuidString)") == ENOENT)
        #expect(SocketProbe.error(of: String(repeating: "x", count: 200)) == ENAMETOOLONG)
    }
}
