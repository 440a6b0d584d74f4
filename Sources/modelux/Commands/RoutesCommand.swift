import ArgumentParser
import ModeluxCore
import ModeluxStore

struct RoutesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "routes", abstract: "Routing configs: named, versioned ways to answer.",
        subcommands: [
            List.self, Show.self, Save.self, Versions.self, Diff.self, Rollback.self, Estimate.self, Delete.self,
        ], defaultSubcommand: List.self)

    /// Which config, and of which project.
    struct Reference: ParsableArguments {
        @Argument(help: "The config's slug or id.")
        var config: String
        @Option(help: "The project's slug or id; needed when several projects have a config of that slug.")
        var project: String?

        /// The path of the config, or of what belongs to it.
        func path(_ tail: String = "", query: [String] = []) -> String {
            let slug = config.hasPrefix("@") ? String(config.dropFirst()) : config
            let items = (project.map { ["project_id=\(QueryText.encoded($0))"] } ?? []) + query
            return "routing-configs/\(QueryText.encoded(slug))\(tail)"
                + (items.isEmpty ? "" : "?" + items.joined(separator: "&"))
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists configs in their current versions.")
        @OptionGroup var options: ClientOptions
        @Option(help: "Only configs of this project, by slug or id.")
        var project: String?

        func run() async throws {
            let query = project.map { "?project_id=\(QueryText.encoded($0))" } ?? ""
            try await options.show(
                options.client().list("routing-configs" + query),
                columns: ["slug", "policy", "version", "project_id", "author", "updated_at"])
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows a config.")
        @OptionGroup var options: ClientOptions
        @OptionGroup var reference: Reference

        func run() async throws {
            try await options.show(options.client().send(.get, reference.path()))
        }
    }

    struct Save: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Saves a config from a JSON file: a new one, or a new version.")
        @OptionGroup var options: ClientOptions
        @OptionGroup var reference: Reference
        @Argument(help: "The file, {\"policy\", \"config\"} or {\"strategy\", …}; - for standard input.")
        var file: String

        func run() async throws {
            let client = try options.client()
            let draft = try JSONFile.read(file)
            let isThere = try await client.list(
                "routing-configs" + (reference.project.map { "?project_id=\(QueryText.encoded($0))" } ?? "")
            ).contains { [$0["slug"]?.stringValue, $0["id"]?.stringValue].contains(reference.slug) }
            guard !isThere else { return try await options.show(client.send(.patch, reference.path(), draft)) }
            var members = draft.objectValue ?? []
            members.insert(JSONTree.Member("slug", .string(reference.slug)), at: 0)
            members.insert(JSONTree.Member("project_id", .string(reference.project ?? "default")), at: 1)
            try await options.show(client.send(.post, "routing-configs", .object(members)))
        }
    }

    struct Versions: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the versions of a config, newest first.")
        @OptionGroup var options: ClientOptions
        @OptionGroup var reference: Reference

        func run() async throws {
            let answer = try await options.client().send(.get, reference.path("/versions"))
            options.show(answer.arrayValue ?? [], columns: ["version", "policy", "author", "updated_at"])
        }
    }

    struct Diff: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows what differs between two versions; without them between the last two.")
        @OptionGroup var options: ClientOptions
        @OptionGroup var reference: Reference
        @Option(help: "The older version.")
        var from: Int?
        @Option(help: "The newer version.")
        var to: Int?

        func run() async throws {
            let query = (from.map { ["from=\($0)"] } ?? []) + (to.map { ["to=\($0)"] } ?? [])
            let answer = try await options.client().send(.get, reference.path("/diff", query: query))
            options.show(answer["changes"]?.arrayValue ?? [], columns: ["path", "before", "after"])
        }
    }

    struct Rollback: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Saves what an earlier version said as a new version.")
        @OptionGroup var options: ClientOptions
        @OptionGroup var reference: Reference
        @Option(help: "The version to go back to.")
        var to: Int

        func run() async throws {
            try await options.show(
                options.client().send(.post, reference.path("/rollback"), .members(["version": .integer(to)])))
        }
    }

    struct Estimate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Says what a config would do and cost.")
        @OptionGroup var options: ClientOptions
        @OptionGroup var reference: Reference
        @Option(help: "Input tokens of a request.")
        var inputTokens = 1000
        @Option(help: "Output tokens of a request. Default: what the config's answers usually have.")
        var outputTokens: Int?
        @Option(help: "How many requests.")
        var requests = 1

        func run() async throws {
            let body = JSONTree.members([
                "input_tokens": .integer(inputTokens), "output_tokens": outputTokens.map { .integer($0) },
                "requests": .integer(requests),
            ])
            let answer = try await options.client().send(.post, reference.path("/estimate"), body)
            Explain.show(answer, options)
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Removes a config; its versions remain for the log.")
        @OptionGroup var options: ClientOptions
        @OptionGroup var reference: Reference

        func run() async throws {
            _ = try await options.client().send(.delete, reference.path())
            options.show(.members(["slug": .string(reference.slug), "deleted": .bool(true)]))
        }
    }
}

extension RoutesCommand.Reference {
    /// The slug without its mark.
    var slug: String { config.hasPrefix("@") ? String(config.dropFirst()) : config }
}
