public import ModeluxCore
public import ModeluxStore
public import NIOCore
import NIOSSL

/// Carries one event to one target, once: by HTTP to a webhook endpoint, by SMTP to a mail address.
public struct AlertCourier: Sendable {
    private let control: ControlStore
    private let client: ReceiverClient
    private let webhooks: WebhookSender
    /// Sends mails; nil when no mail server is set.
    public let mailer: Mailer?
    private let clock: @Sendable () -> Timestamp

    /// What became of a delivery's turn.
    enum Outcome: Sendable {
        case tried(DeliveryAttempt)
        /// The target is gone or disabled.
        case unwanted(String)
    }

    /// Prepares HTTP and SMTP; nothing is connected before there is an event.
    /// - Parameters:
    ///   - control: Where endpoints and their secrets are.
    ///   - alerts: Timeout and certificate authorities.
    ///   - mail: The mail server.
    ///   - group: Whose threads do the work.
    ///   - version: For the User-Agent.
    ///   - clock: The wall clock.
    /// - Throws: `NIOSSLError` when the file of `alerts.ca_file` does not work.
    public init(
        control: ControlStore, alerts: Settings.Alerts, mail: Settings.Mail, group: any EventLoopGroup, version: String,
        clock: @escaping @Sendable () -> Timestamp
    ) throws {
        let roots = try alerts.caFile.map { try NIOSSLCertificate.fromPEMFile($0) } ?? []
        self.control = control
        self.clock = clock
        client = ReceiverClient(group: group, roots: roots, timeout: alerts.timeout)
        webhooks = WebhookSender(
            client: client, timeout: alerts.timeout, userAgent: "modelux/\(version)", clock: clock)
        mailer = MailServer(mail, roots: roots).map {
            Mailer(server: $0, group: group, timeout: alerts.timeout, clock: clock)
        }
    }

    /// Tries one delivery.
    func carry(_ delivery: Delivery) async throws -> Outcome {
        switch delivery.target {
        case .webhook(let id):
            let found = try await control.read { transaction in
                try transaction.webhooks.find(id.text).map { endpoint in
                    (endpoint, Result { try transaction.webhooks.secrets(of: endpoint) })
                }
            }
            guard let (endpoint, secrets) = found else { return .unwanted("the endpoint was removed") }
            guard endpoint.draft.isEnabled else { return .unwanted("the endpoint was disabled") }
            return .tried(await send(delivery.event, to: endpoint, secrets, id: delivery.id))
        case .mail(let address):
            guard let mailer else {
                return .tried(failed("no mail server is set: give mail.host and mail.from in the settings"))
            }
            return .tried(await mailer.send(delivery.event, to: address, id: delivery.id))
        }
    }

    /// Sends an event to an endpoint at once, past its line: for the test button.
    func test(_ event: AlertEvent, to id: String, delivery: Identifier) async throws -> DeliveryAttempt {
        let (endpoint, secrets) = try await control.read { transaction in
            let endpoint = try transaction.webhooks.get(id)
            return (endpoint, Result { try transaction.webhooks.secrets(of: endpoint) })
        }
        return await send(event, to: endpoint, secrets, id: delivery)
    }

    /// Ends the connections that are kept.
    func close() async { await client.close() }

    private func send(
        _ event: AlertEvent, to endpoint: StoredWebhook, _ secrets: Result<[Secret], any Error>, id: Identifier
    ) async -> DeliveryAttempt {
        switch secrets {
        case .success(let secrets): await webhooks.send(event, to: endpoint.draft, secrets: secrets, id: id)
        // An event that cannot be signed is not sent: rotating the secret mends it.
        case .failure(let error): failed("the endpoint's secret cannot be opened: \(error); rotate it")
        }
    }

    private func failed(_ reason: String) -> DeliveryAttempt {
        DeliveryAttempt(startedAt: clock(), durationMilliseconds: 0, status: nil, error: reason)
    }
}
