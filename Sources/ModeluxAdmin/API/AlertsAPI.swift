import ModeluxCore
import ModeluxStore

/// `alerts`: what is wrong now, for the banner of the dashboard.
struct AlertsAPI: Sendable {
    let dependencies: AdminDependencies

    func list(_ exchange: Exchange) async throws -> Reply {
        let problems = try await ProblemFinder(dependencies: dependencies).problems(now: exchange.now)
        return .list(problems, nextCursor: nil) { $0.write(to: &$1) }
    }
}
