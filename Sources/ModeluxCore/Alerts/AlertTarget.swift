/// Where an event goes. Deliveries to one target go out one after another, in the order of the events.
public enum AlertTarget: Sendable, Hashable {
    /// A webhook endpoint, `whk_…`.
    case webhook(Identifier)
    /// A mail address.
    case mail(String)

    /// The way that it goes: `webhook` or `email`.
    public var channel: Channel {
        switch self {
        case .webhook: .webhook
        case .mail: .email
        }
    }

    /// The endpoint's id, or the mail address.
    public var address: String {
        switch self {
        case .webhook(let id): id.text
        case .mail(let address): address
        }
    }

    /// The ways that an event can go.
    public enum Channel: String, Sendable, CaseIterable {
        /// By HTTP to a webhook endpoint.
        case webhook
        /// By SMTP to a mail address.
        case email
    }

    /// Joins a channel and an address.
    public init(_ channel: Channel, _ address: String) {
        switch channel {
        case .webhook: self = .webhook(Identifier(address))
        case .email: self = .mail(address)
        }
    }
}
