import ArgumentParser
import FoundationEssentials
import Glibc
import ModeluxCore
import ModeluxStore

/// What every command that talks to a running server takes.
struct ClientOptions: ParsableArguments {
    @Option(help: "The data directory of the server to talk to. Default: as in the settings.")
    var data: String?

    @Flag(help: "Print JSON instead of a table.")
    var json = false

    /// The server's socket, found by the same settings that the server reads.
    func client() throws -> LocalClient {
        if let data { return LocalClient(dataDirectory: data) }
        let settings = try SettingsFile.load(
            .standard, flags: [], environment: ProcessInfo.processInfo.environment, userID: geteuid())
        return LocalClient(dataDirectory: settings.dataDirectory)
    }

    /// Prints one object: as JSON, or as lines of key and value.
    func show(_ object: JSONTree) {
        guard !json else { return print(object.text) }
        let members = object.objectValue ?? []
        let width = members.map(\.key.count).max() ?? 0
        for member in members {
            print(member.key + String(repeating: " ", count: width - member.key.count + 2) + member.value.plainText)
        }
    }

    /// Prints many objects: as one JSON array, or as a table of the named members.
    func show(_ objects: [JSONTree], columns: [String]) {
        guard !json else { return print(JSONTree.array(objects).text) }
        let rows = objects.map { object in columns.map { column in object.at(column).plainText } }
        print(TextTable(head: columns, rows: rows).text)
    }
}

extension JSONTree {
    /// The value as people read it: strings without quotes, nothing for null.
    var plainText: String {
        switch self {
        case .null: ""
        case .string(let text): text
        default: text
        }
    }

    /// The member that a path such as `cost.total_usd` leads to; null when there is none.
    func at(_ path: String) -> JSONTree {
        path.split(separator: ".").reduce(self) { $0[String($1)] ?? .null }
    }
}
