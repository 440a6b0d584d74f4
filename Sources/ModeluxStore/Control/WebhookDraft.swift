public import ModeluxCore

/// What a webhook endpoint shall be.
public struct WebhookDraft: Sendable, Hashable {
    /// What people call it.
    public var name: String
    /// Where events go. May hold a credential in path or query, as Slack's addresses do: never logged or audited whole.
    public var url: String
    /// The form of what is sent; nil lets the address decide.
    public var format: WebhookFormat?
    /// If not empty, the only types of events that it gets.
    public var eventTypes: [EventType]
    /// Whether it gets anything.
    public var isEnabled: Bool

    /// Makes a draft.
    public init(
        name: String, url: String, format: WebhookFormat? = nil, eventTypes: [EventType] = [], isEnabled: Bool = true
    ) {
        self.name = name
        self.url = url
        self.format = format
        self.eventTypes = eventTypes
        self.isEnabled = isEnabled
    }

    /// Checks everything.
    /// - Throws: `Refusal` that names every member at fault.
    func validate() throws {
        try Validation.check { check in
            check.name(name, at: "name")
            if let problem = WebhookURL.problem(with: url) { check.require(false, "url", problem) }
            check.require(Set(eventTypes).count == eventTypes.count, "event_types", "names a type twice")
        }
    }

    /// What the audit log says of it: the address without what may be a credential.
    var json: JSONTree {
        .members([
            "name": .string(name), "url": .string(WebhookURL.origin(of: url)),
            "format": .string((format ?? WebhookFormat(url: url)).rawValue),
            "event_types": .texts(eventTypes.map(\.rawValue)), "enabled": .bool(isEnabled),
        ])
    }
}

/// The form of what an endpoint gets.
public enum WebhookFormat: String, Sendable, CaseIterable {
    /// The event as JSON.
    case standard
    /// A message as Slack's incoming webhooks take it; Mattermost and others understand it too.
    case slack

    /// The form that an address calls for.
    public init(url: String) {
        let host = WebhookURL.origin(of: url).lowercased()
        let isSlack = ["https://hooks.slack.com", "https://hooks.slack-gov.com"].contains(host)
        self = isSlack ? .slack : .standard
    }
}

/// Checks and shortens the address of a webhook endpoint.
public enum WebhookURL {
    /// Scheme, host and port: what may be shown where the rest may be a credential.
    public static func origin(of url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return "" }
        let rest = url[scheme.upperBound...]
        return String(url[..<scheme.upperBound] + rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" })
    }

    /// What is wrong with an address; nil when nothing is. Unlike a provider's it may have a query.
    static func problem(with url: String) -> String? {
        guard url.utf8.count <= 2048, url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return "must be plain ASCII without spaces, at most 2048 bytes"
        }
        guard !url.contains("#"), !url.contains("\\"), !url.contains("\"") else {
            return "must not contain #, \\ or quotes"
        }
        let origin = origin(of: url)
        guard !origin.contains("@") else { return "must not contain a user name or a password" }
        return BaseURL.check(origin).problem
    }
}
