import ArgumentParser
import Glibc

@main
struct Modelux: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "modelux",
        abstract:
            "The control plane for LLM traffic: proxy, routing, metering, ledger, logs and dashboard in one program.",
        discussion: """
            Exit codes: 0 done, 1 the server refused, 64 wrong usage, 69 no server runs, 70 a fault of the program, \
            71 a system call failed, 74 the disk is full or fails, 75 the data directory is in use, 77 a file may not be read or written, 78 the \
            settings are wrong.
            """,
        version: Version.number,
        subcommands: [
            Serve.self, Demo.self, Status.self, Projects.self, Providers.self, Keys.self, RoutesCommand.self,
            Explain.self, Budgets.self, Bench.self, Logs.self, Webhooks.self, SetupLink.self,
            VersionCommand.self,
        ])

    static func main() async {
        do {
            var command = try await asyncParseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let failure as CommandFailure {
            StandardStream.error("modelux: \(failure.message)\n")
            Glibc.exit(failure.code.rawValue)
        } catch  where exitCode(for: error) == .failure && !(error is ExitCode) {
            StandardStream.error("modelux: \(error)\n")
            Glibc.exit(CommandFailure.Code.software.rawValue)
        } catch {
            exit(withError: error)
        }
    }
}
