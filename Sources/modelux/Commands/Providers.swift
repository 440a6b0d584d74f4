import ArgumentParser
import ModeluxCore
import ModeluxStore

struct Providers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Providers: company accounts at vendors, or servers of one's own.",
        subcommands: [List.self, Add.self, Show.self, Remove.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists providers; credentials are never shown.")
        @OptionGroup var options: ClientOptions

        func run() async throws {
            try await options.show(
                options.client().list("providers"),
                columns: ["id", "name", "vendor", "base_url", "is_default", "source"])
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Adds a provider.",
            discussion: """
                The credential is read from --api-key-file, from standard input with `--api-key-file -`, or from the \
                variable MODELUX_API_KEY; never from the command line, where other users could see it.
                """)
        @OptionGroup var options: ClientOptions
        @Argument(help: "Its name, the first part of provider/model.")
        var name: String
        @Option(help: "\(Vendor.allCases.map(\.rawValue).joined(separator: ", ")).")
        var vendor: String
        @Option(help: "Its address, as the vendor's own SDK takes it. Default: the vendor's public one.")
        var baseURL: String?
        @Option(help: "A file with the credential; - means standard input.")
        var apiKeyFile: String?
        @Option(help: "The region, where the vendor has regions.")
        var region: String?
        @Option(help: "Azure's dated API version.")
        var apiVersion: String?
        @Option(help: "A model that it serves, for bare model names; may be repeated.")
        var model: [String] = []
        @Flag(name: .customLong("default"), help: "Make it the provider that the vendor's id means.")
        var isDefault = false

        func run() async throws {
            let key = try SecretInput.read(file: apiKeyFile, variable: "MODELUX_API_KEY")
            try await options.show(
                options.client().send(
                    .post, "providers",
                    .members([
                        "vendor": .string(vendor), "name": .string(name),
                        "api_key": key.map { .string($0.reveal()) }, "base_url": baseURL.map(JSONTree.string),
                        "region": region.map(JSONTree.string), "api_version": apiVersion.map(JSONTree.string),
                        "models": model.isEmpty ? nil : .texts(model), "is_default": isDefault ? .bool(true) : nil,
                    ])))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows a provider.")
        @OptionGroup var options: ClientOptions
        @Argument(help: "The provider's name or id.")
        var provider: String

        func run() async throws {
            try await options.show(Providers.find(provider, options.client()))
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes a provider; refused while a routing config uses it.")
        @OptionGroup var options: ClientOptions
        @Argument(help: "The provider's name or id.")
        var provider: String

        func run() async throws {
            let client = try options.client()
            let id = try await Providers.find(provider, client).at("id").plainText
            _ = try await client.send(.delete, "providers/\(id)")
            options.show(.members(["id": .string(id), "deleted": .bool(true)]))
        }
    }

    private static func find(_ name: String, _ client: LocalClient) async throws -> JSONTree {
        let providers = try await client.list("providers")
        guard let found = providers.first(where: { $0.at("name").plainText == name || $0.at("id").plainText == name })
        else { throw CommandFailure(.refused, "there is no provider \"\(name)\"") }
        return found
    }
}
