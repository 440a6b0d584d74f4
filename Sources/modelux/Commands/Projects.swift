import ArgumentParser
import ModeluxCore
import ModeluxStore

struct Projects: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Projects: who owns keys, routing configs and records.",
        subcommands: [List.self, Create.self, Show.self, Delete.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists projects.")
        @OptionGroup var options: ClientOptions

        func run() async throws {
            try await options.show(options.client().list("projects"), columns: ["id", "slug", "name", "created_at"])
        }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Makes a project.")
        @OptionGroup var options: ClientOptions
        @Argument(help: "Its name in addresses and on the command line: lower-case letters, digits, dashes.")
        var slug: String
        @Option(help: "The name that people read. Default: the slug.")
        var name: String?

        func run() async throws {
            try await options.show(
                options.client().send(
                    .post, "projects", .members(["slug": .string(slug), "name": .string(name ?? slug)])))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows a project.")
        @OptionGroup var options: ClientOptions
        @Argument(help: "The project's slug or id.")
        var project: String

        func run() async throws {
            let client = try options.client()
            try await options.show(client.send(.get, "projects/\(client.projectID(project))"))
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Deletes a project and revokes its keys; its records and its ledger remain.")
        @OptionGroup var options: ClientOptions
        @Argument(help: "The project's slug or id.")
        var project: String

        func run() async throws {
            let client = try options.client()
            let id = try await client.projectID(project)
            _ = try await client.send(.delete, "projects/\(id)")
            options.show(.members(["id": .string(id), "deleted": .bool(true)]))
        }
    }
}
