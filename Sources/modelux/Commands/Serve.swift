import ArgumentParser
import ModeluxCore

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Runs the appliance until it is told to end.")
    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let settings = try options.load()
        ProcessGuards.apply(allowsDumps: settings.log.level == .trace)
        try await Appliance(settings: settings).run { _ in }
    }
}
