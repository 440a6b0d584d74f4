import ArgumentParser
import FoundationEssentials
import Glibc
import ModeluxCore

/// The flags that choose settings.
struct SettingsOptions: ParsableArguments {
    @Option(help: "The settings file. Default: /etc/modelux/modelux.yaml, if it exists.")
    var config: String?

    @Option(help: "The data directory.")
    var data: String?

    @Option(help: "Where to listen for LLM traffic, HOST:PORT.")
    var proxy: String?

    @Option(help: "Where to listen for management and dashboard, HOST:PORT.")
    var admin: String?

    @Option(name: .customLong("set"), help: "Any other setting, KEY=VALUE; may be repeated.")
    var assignments: [String] = []

    @Option(help: "Serve the dashboard from this folder instead of the one inside the program.")
    var dashboardDirectory: String?

    /// The settings that file, environment and these flags make together.
    func load() throws -> Settings {
        let flags = [
            ("data_directory", data, "--data"), ("proxy.address", proxy, "--proxy"),
            ("admin.address", admin, "--admin"),
            ("admin.dashboard_directory", dashboardDirectory, "--dashboard-directory"),
        ].compactMap { name, value, place in
            value.map { SettingsFile.Assignment(name: name, value: $0, place: place) }
        }
        return try SettingsFile.load(
            config.map { .named($0) } ?? .standard, flags: assignments.map(SettingsFile.assignment(flag:)) + flags,
            environment: ProcessInfo.processInfo.environment, userID: geteuid())
    }
}
