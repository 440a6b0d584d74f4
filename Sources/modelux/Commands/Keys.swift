import ArgumentParser
import ModeluxCore
import ModeluxStore

struct Keys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Project keys: who may call.",
        subcommands: [List.self, Create.self, Show.self, Revoke.self, Rotate.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists keys; secrets are never shown again.")
        @OptionGroup var options: ClientOptions
        @Option(help: "Only keys of this project, by slug or id.")
        var project: String?

        func run() async throws {
            let client = try options.client()
            var path = "keys"
            if let project { path += "?project_id=\(try await client.projectID(project))" }
            try await options.show(
                client.list(path),
                columns: ["id", "name", "display", "rate_limit", "created_at", "expires_at", "revoked_at"])
        }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Makes a key and shows its secret, this once.")
        @OptionGroup var options: ClientOptions
        @Option(help: "The project's slug or id.")
        var project = "default"
        @Option(help: "What people call it.")
        var name: String
        @Option(help: "Requests per minute; 0 means no limit. Default: 600.")
        var rateLimit: Int?
        @Option(help: "When it stops working, ISO 8601.")
        var expiresAt: String?
        @Option(help: "A model that it may name; may be repeated. Default: every model.")
        var allowModel: [String] = []
        @Option(help: "An address or CIDR range that it may come from; may be repeated. Default: everywhere.")
        var allowAddress: [String] = []

        func run() async throws {
            let client = try options.client()
            let body = JSONTree.members([
                "project_id": .string(try await client.projectID(project)), "name": .string(name),
                "rate_limit": rateLimit.map { .integer($0) }, "expires_at": expiresAt.map(JSONTree.string),
                "allowed_models": allowModel.isEmpty ? nil : .texts(allowModel),
                "allowed_ips": allowAddress.isEmpty ? nil : .texts(allowAddress),
            ])
            try await options.show(client.send(.post, "keys", body))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows a key.")
        @OptionGroup var options: ClientOptions
        @Argument(help: "The key's id.")
        var id: String

        func run() async throws {
            try await options.show(options.client().send(.get, "keys/\(id)"))
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Revokes a key at once.")
        @OptionGroup var options: ClientOptions
        @Argument(help: "The key's id.")
        var id: String

        func run() async throws {
            _ = try await options.client().send(.delete, "keys/\(id)")
            options.show(.members(["id": .string(id), "revoked": .bool(true)]))
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a new secret for a key; the old one works for a while longer.")
        @OptionGroup var options: ClientOptions
        @Argument(help: "The key's id.")
        var id: String

        func run() async throws {
            try await options.show(options.client().send(.post, "keys/\(id)/rotate"))
        }
    }
}
