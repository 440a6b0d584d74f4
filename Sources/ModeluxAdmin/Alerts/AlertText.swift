import ModeluxCore
import ModeluxStore

/// What an event says in words: for people who read it in a mail, in Slack or in the dashboard.
struct AlertText: Sendable, Hashable {
    /// One sentence.
    let title: String
    /// Names and values, in the order of the event.
    let facts: [Fact]

    /// A name and a value.
    struct Fact: Sendable, Hashable {
        let name: String
        let value: String
    }

    /// Lines at most, so that an event with many members stays a message.
    private static let maximumFacts = 20
    /// Characters of a value at most.
    private static let maximumLength = 300

    /// Reads an event. Members that are objects are read one level deep; what is missing is left out.
    init(_ event: AlertEvent) {
        let data = (try? JSONTree(parsing: Array(event.data.utf8))) ?? .null
        title = Self.title(event.type, data)
        var facts: [Fact] = []
        for member in data.objectValue ?? [] {
            if let inner = member.value.objectValue {
                facts += inner.compactMap { Self.fact("\(member.key) \($0.key)", $0.value) }
            } else if let fact = Self.fact(member.key, member.value) {
                facts.append(fact)
            }
        }
        facts.append(Fact(name: "time", value: event.createdAt.iso8601))
        facts.append(Fact(name: "event", value: event.id.text))
        self.facts =
            facts.suffix(2).count < facts.count
            ? Array(facts.dropLast(2).prefix(Self.maximumFacts)) + facts.suffix(2) : facts
    }

    private static func title(_ type: String, _ data: JSONTree) -> String {
        let name = name(of: data)
        return switch type {
        case EventType.budgetThresholdReached.rawValue:
            "Budget \(name) has reached \(percent(data["threshold"]) ?? "a threshold") of its cap"
        case EventType.budgetExceeded.rawValue: "Budget \(name) is exceeded"
        case EventType.routingConfigCreated.rawValue: "Routing config \(name) was created"
        case EventType.routingConfigUpdated.rawValue: "Routing config \(name) was changed"
        case EventType.routingConfigDeleted.rawValue: "Routing config \(name) was deleted"
        case EventType.providerHealthChanged.rawValue: "Provider \(name) \(health(data))"
        case EventType.apiKeyRevoked.rawValue: "Key \(name) was revoked"
        case EventType.requestAnomalyDetected.rawValue: "Requests do not look as they did"
        case EventType.experimentCompleted.rawValue: "Experiment \(name) is complete"
        case EventType.experimentRegressionDetected.rawValue: "Experiment \(name) found a regression"
        case AlertEvent.testType: "This is a test of the alerts"
        default: "Event \(plain(type))"
        }
    }

    /// What people call the object that the event is about.
    private static func name(of data: JSONTree) -> String {
        let places = [data["object"], data["budget"], data["provider"], data["experiment"], data]
        for case .some(let place) in places {
            for key in ["name", "slug", "provider", "id"] {
                if let text = place[key]?.stringValue { return key == "slug" ? "@" + plain(text) : "“\(plain(text))”" }
            }
        }
        return ""
    }

    /// What a provider's breaker means for people.
    private static func health(_ data: JSONTree) -> String {
        let model = (data["model"]?.stringValue).flatMap { $0.isEmpty ? nil : " with model \(plain($0))" } ?? ""
        return switch data["state"]?.stringValue {
        case "closed": "is healthy again\(model)"
        case "half_open": "is tried again\(model)"
        default: "is failing\(model)"
        }
    }

    /// A share as people write it: 0.8 as `80 %`.
    private static func percent(_ value: JSONTree?) -> String? {
        guard case .number(let text) = value, let share = Double(text), share.isFinite, (0...100).contains(share) else {
            return nil
        }
        return "\(Int((share * 100).rounded())) %"
    }

    private static func fact(_ name: String, _ value: JSONTree) -> Fact? {
        let name = plain(name.replacing("_", with: " "))
        switch value {
        case .null, .object, .array([]): return nil
        case .string(let text): return text.isEmpty ? nil : Fact(name: name, value: plain(text))
        case .array(let values): return Fact(name: name, value: plain(values.map(\.text).joined(separator: ", ")))
        case .bool, .number: return Fact(name: name, value: plain(value.text))
        }
    }

    /// A text without control characters, of bounded length: names come from outside.
    static func plain(_ text: String) -> String {
        let scalars = text.unicodeScalars.prefix(maximumLength).map { scalar in
            scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
                ? Unicode.Scalar(UInt8(ascii: " ")) : scalar
        }
        var plain = String.UnicodeScalarView()
        plain.append(contentsOf: scalars)
        return String(plain)
    }
}
