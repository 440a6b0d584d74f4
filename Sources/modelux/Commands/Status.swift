import ArgumentParser
import ModeluxStore

struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tells whether a server serves: exit code 0 when it does, 69 when it does not.")
    @OptionGroup var options: ClientOptions

    func run() async throws {
        try await options.show(options.client().send(.get, "system"))
    }
}
