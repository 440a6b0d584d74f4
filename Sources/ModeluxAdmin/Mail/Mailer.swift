public import ModeluxCore
import ModeluxStore
public import NIOCore

/// Sends mails through the one server that the settings name.
public struct Mailer: Sendable {
    private let client: SMTPClient
    private let clock: @Sendable () -> Timestamp

    /// Makes a mailer; nothing is connected before there is a mail.
    /// - Parameters:
    ///   - server: Where mails go first.
    ///   - group: Whose thread talks to it.
    ///   - timeout: How long one mail may take.
    ///   - clock: The wall clock.
    public init(
        server: MailServer, group: any EventLoopGroup, timeout: Duration, clock: @escaping @Sendable () -> Timestamp
    ) {
        client = SMTPClient(server: server, group: group, timeout: timeout)
        self.clock = clock
    }

    /// Where mails go first: `mail.example.com:587`.
    public var address: String { ListenAddress(host: client.server.host, port: client.server.port).description }

    /// Sends a mail at once: a sign-in link, say.
    /// - Parameters:
    ///   - text: What it says.
    ///   - to: Who gets it.
    ///   - id: What its Message-ID begins with.
    /// - Throws: A sentence that says why the mail server did not take it.
    public func send(_ text: MailText, to: MailAddress, id: Identifier) async throws {
        _ = try await client.send(text.message(from: client.server.from, to: to, date: clock(), id: id.text))
    }

    /// Sends an event.
    /// - Returns: What became of it; never throws, since every way to fail is a line of the log.
    func send(_ event: AlertEvent, to address: String, id: Identifier) async -> DeliveryAttempt {
        let begun = ContinuousClock.now
        let startedAt = clock()
        func attempt(_ status: Int?, _ error: String?, answer: String? = nil) -> DeliveryAttempt {
            DeliveryAttempt(
                startedAt: startedAt, durationMilliseconds: milliseconds(since: begun), status: status, error: error,
                answer: answer)
        }
        guard let to = MailAddress(address) else { return attempt(nil, "this is no mail address") }
        do {
            let message = MailText(event).message(
                from: client.server.from, to: to, date: event.createdAt, id: id.text)
            let reply = try await client.send(message)
            return attempt(reply.code, nil, answer: reply.text)
        } catch {
            return attempt((error as? MailFailure)?.code, "\(error)")
        }
    }
}
