import ArgumentParser

struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Runs a complete appliance that needs no network.")
    func run() async throws {}
}
