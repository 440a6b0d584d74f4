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

    /// Sends an event.
    /// - Returns: What became of it; never throws, since every way to fail is a line of the log.
    func send(_ event: AlertEvent, to address: String, id: Identifier) async -> DeliveryAttempt {
        let begun = ContinuousClock.now
        let startedAt = clock()
        guard let to = MailAddress(address) else {
            return DeliveryAttempt(
                startedAt: startedAt, durationMilliseconds: 0, status: nil, error: "this is no mail address")
        }
        do {
            let message = AlertMail.message(event, from: client.server.from, to: to, id: id)
            let reply = try await client.send(message)
            return DeliveryAttempt(
                startedAt: startedAt, durationMilliseconds: milliseconds(since: begun), status: reply.code, error: nil,
                answer: reply.text)
        } catch {
            return DeliveryAttempt(
                startedAt: startedAt, durationMilliseconds: milliseconds(since: begun),
                status: (error as? MailFailure)?.code, error: "\(error)")
        }
    }
}
