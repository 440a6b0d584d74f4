import ArgumentParser
import FoundationEssentials
import Glibc
import ModeluxAdmin
import ModeluxCore
import ModeluxGateway
import ModeluxStore

struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs a complete appliance that needs no network, with sample traffic and keys of its own.",
        discussion: "It can be started again on the same data; it then makes new keys, and the old ones end.")

    @Option(help: "The data directory. Default: beside that of `modelux serve`, with -demo at its end.")
    var data: String?
    @Option(help: "Where to listen for LLM traffic, HOST:PORT.")
    var proxy: String?
    @Option(help: "Where to listen for management and dashboard, HOST:PORT.")
    var admin: String?
    @Option(name: .customLong("set"), help: "Any other setting, KEY=VALUE; may be repeated.")
    var assignments: [String] = []
    @Flag(help: "Print one line of JSON once it is ready.")
    var json = false

    func run() async throws {
        let demo = self
        try await Appliance(demo.loadSettings).run { running in
            (content: try await DemoContent.prepare(running.control), link: try await running.makeSignInLink())
        } whenReady: { running, prepared in
            demo.announce(running, prepared.content, dashboard: prepared.link)
            try await demo.addTraffic(running, prepared.content)
        }
    }

    /// The demo reads no settings file: that of an installed appliance would give it the same addresses and data.
    private func loadSettings() throws -> Settings {
        let environment = ProcessInfo.processInfo.environment
        let flags = [
            ("data_directory", data, "--data"), ("proxy.address", proxy, "--proxy"),
            ("admin.address", admin, "--admin"),
        ].compactMap { name, value, place in
            value.map { SettingsFile.Assignment(name: name, value: $0, place: place) }
        }
        var settings = try SettingsFile.load(
            .none, flags: assignments.map(SettingsFile.assignment(flag:)) + flags, environment: environment,
            userID: geteuid())
        if data == nil, environment["MODELUX_DATA_DIRECTORY"] == nil { settings.dataDirectory += "-demo" }
        return settings
    }

    private func announce(_ running: Appliance.Running, _ content: DemoContent, dashboard: String) {
        guard json else { return StandardStream.output(sentences(running, content, dashboard)) }
        let line = JSONTree.members([
            "proxy_url": .string(running.proxyURL), "admin_url": .string(running.adminURL),
            "dashboard_url": .string(dashboard), "api_key": .string(content.key.reveal()),
            "management_key": .string(content.managementKey.reveal()), "pid": .integer(getpid()),
        ])
        StandardStream.output(line.text + "\n")
    }

    private func sentences(_ running: Appliance.Running, _ content: DemoContent, _ dashboard: String) -> String {
        """
        The demo serves.

          LLM traffic      \(running.proxyURL)/openai/v1
          dashboard        \(dashboard)
                           (the link signs in once, within half an hour; a new one: modelux setup-link)
          project key      \(content.key.reveal())
          management key   \(content.managementKey.reveal())

        Try it:

          curl \(running.proxyURL)/openai/v1/chat/completions \\
            -H 'Authorization: Bearer \(content.key.reveal())' -H 'Content-Type: application/json' \\
            -d '{"model": "@default", "messages": [{"role": "user", "content": "Say hello"}]}'

        Ctrl-C ends it.

        """
    }

    /// Fills an empty store with an hour of requests. It runs when the appliance serves already.
    private func addTraffic(_ running: Appliance.Running, _ content: DemoContent) async throws {
        guard try await running.records.logs.list(LogFilter(), limit: 1).records.isEmpty else { return }
        var traffic = SampleTraffic(
            project: content.project, key: content.keyID, catalogue: running.control.snapshot.catalogue)
        for sample in traffic.hour(before: OperationClock.system().wall()) {
            running.budgets.announce(sample.record)
            try await running.sink.settle(sample.record, bodies: sample.bodies)
            running.budgets.settle(sample.record)
        }
    }
}
