import ArgumentParser

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Runs the appliance until it is told to end.")
    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let options = options
        try await Appliance(options.load).run { running in
            guard running.isFirstRun else { return }
            StandardStream.output(
                """
                This is the first start. Open this link within half an hour to sign in; it works once, and
                `modelux setup-link` makes another:

                  \(try await running.makeSignInLink())

                """)
        } whenReady: { _, _ in
        }
    }
}
