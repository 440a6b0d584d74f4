import ModeluxAdmin
import ModeluxCore
import ServiceLifecycle

/// The management listeners' life, with a sentence for the operator when they cannot be opened.
struct ManagementService: Service {
    let server: AdminServer
    let settings: AdminSettings

    func run() async throws {
        do {
            try await server.run()
        } catch is CancellationError {
        } catch {
            throw CommandFailure(listening: settings.address, section: "admin", error)
        }
    }
}

/// Waits until the management listeners are open, does something once, and then waits for the end.
struct StartService: Service {
    let server: AdminServer
    let action: @Sendable (ListenAddress) async throws -> Void

    func run() async throws {
        // The server tells through a continuation that nobody resumes when it fails; a stream ends when the group does.
        let (addresses, sender) = AsyncStream<ListenAddress>.makeStream()
        let waiter = Task {
            sender.yield(await server.whenListening())
            sender.finish()
        }
        defer { waiter.cancel() }
        for await address in addresses.cancelOnGracefulShutdown() { try await action(address) }
        try? await gracefulShutdown()
    }
}
