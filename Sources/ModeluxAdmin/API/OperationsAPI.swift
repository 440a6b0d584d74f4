import ModeluxCore
import ModeluxStore

/// `/healthz`, `/readyz` and `/metrics`, which stand beside the management API.
struct OperationsAPI: Sendable {
    let dependencies: AdminDependencies
    /// Whether only this machine reaches the listener: then metrics need no key.
    let isLoopback: Bool

    /// - Returns: nil for every other path.
    func answer(_ request: AdminRequest, access: Access, now: Timestamp) throws -> Reply? {
        guard request.path.segments.count == 1, let name = request.path.segments.first,
            ["healthz", "readyz", "metrics"].contains(name)
        else { return nil }
        guard request.isSafe else {
            var reply = Reply.text("use GET\n", status: 405)
            reply.headers.append(("allow", "GET, HEAD"))
            return reply
        }
        switch name {
        case "healthz": return .text("ok\n")
        case "readyz":
            guard let reason = dependencies.notReady() else { return .text("ok\n") }
            return .text(reason + "\n", status: 503)
        default:
            if !isLoopback { _ = try access.identify(request, now: now) }
            return .text(dependencies.metrics(), type: "text/plain; version=0.0.4; charset=utf-8")
        }
    }
}
