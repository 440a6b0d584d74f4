import ArgumentParser
import ModeluxCore
import ModeluxStore

struct SetupLink: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints a link that signs in to the dashboard once; it is good for half an hour.")
    @OptionGroup var options: ClientOptions

    func run() async throws {
        let link = try await options.client().send(.post, "auth/setup-link")
        print(options.json ? link.text : link.at("url").plainText)
    }
}
