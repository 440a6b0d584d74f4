import ArgumentParser
import ModeluxCore
import ModeluxStore

struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tells whether a server serves: exit code 0 when it does, 69 when it does not.")
    @OptionGroup var options: ClientOptions

    func run() async throws {
        let system = try await options.client().send(.get, "system")
        options.show(system)
        guard system.at("ready").boolValue == true else {
            throw CommandFailure(.unavailable, "the server is not ready: \(system.at("not_ready").plainText)")
        }
    }
}
