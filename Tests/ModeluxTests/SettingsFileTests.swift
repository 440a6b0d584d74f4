import Foundation
import ModeluxAdmin
import ModeluxCore
import Testing

@testable import modelux

struct SettingsFileTests {
    @Test
    func `the example file names every key once, with its default`() throws {
        let text = String(decoding: try #require(EmbeddedResource.named("modelux.example.yaml")).bytes, as: UTF8.self)
        let assignments = try SettingsFile.parse(text, path: "example")
        #expect(assignments.map(\.name) == Setting.all.map(\.name))
        var settings = Settings()
        for assignment in assignments { try Setting.named(assignment.name).set(assignment.value, in: &settings) }
        #expect(settings == Settings())
    }

    @Test
    func `flags win over the environment and the environment over the file`() throws {
        let file = try temporaryFile("proxy:\n  address: 127.0.0.1:1\n  threads: 1\nlog:\n  level: error\n")
        let settings = try SettingsFile.load(
            .named(file), flags: [.init(name: "proxy.address", value: "127.0.0.1:3", place: "--proxy")],
            environment: ["MODELUX_PROXY_ADDRESS": "127.0.0.1:2", "MODELUX_PROXY_THREADS": "2"], userID: 0)
        #expect(settings.proxy.address.port == 3)
        #expect(settings.proxy.threads == 2)
        #expect(settings.log.level == .error)
    }

    @Test(arguments: [
        ("proxy:\n  adress: 127.0.0.1:1\n", ":2: there is no setting \"proxy.adress\"; did you mean \"proxy.address\""),
        ("proxi:\n  address: 127.0.0.1:1\n", ":2: there is no setting \"proxi.address\""),
        ("# first\n\nlog:\n  level: loud\n", ":4: log.level is \"loud\""),
        ("proxy: 8080\n", ":1: there is no setting \"proxy\""),
        ("- a\n- b\n", "must be a list of keys"),
        ("proxy:\n  address: [1, 2]\n", ":2: proxy.address is \"1,2\""),
        ("proxy:\n  address: {a: 1}\n", ":2: proxy.address must be a single value"),
        ("admin:\n  hosts: [a, [b]]\n", ":2: admin.hosts must be a single value"),
        ("proxy:\n  threads: 1\n  threads: 2\n", "threads"),
        ("proxy:\n\taddress: x\n", "file.yaml"),
        ("proxy: {address: 127.0.0.1:5100}\n", "never share a listener"),
        ("proxy: {tls_certificate: /c.pem}\n", "proxy.tls_key"),
        ("mail: {host: mx.example.com}\n", "mail.from"),
        ("mail: {host: mx.example.com, from: a@b.example, user: u}\n", "mail.password_file"),
        ("mail: {host: mx.example.com, from: a@b.example, security: none}\n", "starttls or tls"),
        ("mail: {from: nobody}\n", ":1: mail.from is \"nobody\""),
        ("alerts: {ca_file: /nonexistent/ca.pem}\n", "alerts.ca_file: the file /nonexistent/ca.pem"),
        ("upstream: {ca_file: /nonexistent/ca.pem}\n", "upstream.ca_file: the file /nonexistent/ca.pem"),
    ])
    func `a wrong file is refused with its line and what would be right`(text: String, message: String) throws {
        let file = try temporaryFile(text)
        let failure = #expect(throws: CommandFailure.self) {
            try SettingsFile.load(.named(file), flags: [], environment: [:], userID: 0)
        }
        #expect(failure?.code == .settings)
        #expect(failure?.message.contains(message) == true, "\(failure?.message ?? "")")
    }

    @Test
    func `a missing file that was named is an error, an empty one is none`() throws {
        #expect(throws: CommandFailure.self) {
            try SettingsFile.load(.named("/nonexistent/modelux.yaml"), flags: [], environment: [:], userID: 0)
        }
        let empty = try temporaryFile("# nothing\n")
        #expect(try SettingsFile.load(.named(empty), flags: [], environment: [:], userID: 0) == Settings())
    }

    @Test(arguments: [
        (["MODELUX_PROXY_ADRESS": "127.0.0.1:1"], "MODELUX_PROXY_ADRESS"),
        (["MODELUX_LOG_LEVEL": "loud"], "MODELUX_LOG_LEVEL"),
    ])
    func `a wrong variable is refused by its name`(environment: [String: String], message: String) throws {
        let failure = #expect(throws: CommandFailure.self) {
            try SettingsFile.load(.none, flags: [], environment: environment, userID: 0)
        }
        #expect(failure?.message.hasPrefix(message) == true)
    }

    @Test(
        arguments: [
            ([:], 0, "/var/lib/modelux"), (["XDG_DATA_HOME": "/x"], 0, "/var/lib/modelux"),
            (["XDG_DATA_HOME": "/x"], 1, "/x/modelux"), (["HOME": "/h"], 1, "/h/.local/share/modelux"),
            (["HOME": "/h", "MODELUX_DATA_DIRECTORY": "/d", "MODELUX_BIN": "/b"], 1, "/d"),
        ] as [([String: String], UInt32, String)])
    func `data lies where the system expects it`(environment: [String: String], user: UInt32, path: String) throws {
        let settings = try SettingsFile.load(.none, flags: [], environment: environment, userID: user)
        #expect(settings.dataDirectory == path)
    }

    @Test
    func `a flag without a value is refused`() throws {
        #expect(try SettingsFile.assignment(flag: "log.level=debug").name == "log.level")
        #expect(throws: CommandFailure.self) { try SettingsFile.assignment(flag: "log.level") }
    }

    private func temporaryFile(_ text: String) throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: "modelux-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: "file.yaml")
        try Data(text.utf8).write(to: file)
        return file.path
    }
}
