import ArgumentParser
import ModeluxCore
import ModeluxStore

struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Says what the gateway would do with a request and what it would cost, without calling a provider.")
    @OptionGroup var options: ClientOptions
    @Argument(help: "The request's body as a JSON file; - for standard input.")
    var file: String
    @Option(help: "The project's slug or id.")
    var project = "default"

    func run() async throws {
        let body = JSONTree.members(["project_id": .string(project), "request": try JSONFile.read(file)])
        Explain.show(try await options.client().send(.post, "dry-run", body), options)
    }

    /// Prints a forecast: what decides first, then every target.
    static func show(_ forecast: JSONTree, _ options: ClientOptions) {
        guard !options.json else { return options.show(forecast) }
        let parts = ["rules", "candidates"]
        options.show(.object((forecast.objectValue ?? []).filter { !parts.contains($0.key) && $0.value != .null }))
        let rules = forecast["rules"]?.arrayValue ?? []
        if !rules.isEmpty { options.show(rules, columns: ["index", "if", "matched"]) }
        options.show(
            forecast["candidates"]?.arrayValue ?? [],
            columns: ["target", "verdict", "expected_cost_usd", "p50_latency_ms", "reason"])
    }
}
