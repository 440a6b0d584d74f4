import ArgumentParser
import ModeluxCore
import ModeluxStore

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Prints the version.")
    @Flag(help: "Print JSON.") var json = false

    func run() {
        guard json else {
            return print("modelux \(Version.number)\(Version.build.isEmpty ? "" : " (\(Version.build))")")
        }
        let build = Version.build.split(separator: " ").map(String.init)
        print(
            JSONTree.members([
                "version": .string(Version.number), "commit": .text(build.first),
                "commit_date": .text(build.count > 1 ? build[1] : nil),
            ]).text)
    }
}
