public import ModeluxCore

/// Why a management operation was refused, in words for the person who asked.
public struct Refusal: Error, Sendable {
    /// Decides status and code.
    public let kind: Failure.Kind
    /// One sentence that names what to change. Never contains a secret.
    public let message: String
    /// The noun that it is about: `project`, `key`, …
    public let resource: String?
    /// The object that it is about.
    public let id: String?
    /// What is wrong with which input; only for `validationFailed`.
    public let fields: [Field]

    /// One input at fault.
    public struct Field: Sendable, Hashable {
        /// Where it is in the body: `config.model`.
        public let path: String
        /// What to change.
        public let message: String

        /// Makes a finding.
        public init(_ path: String, _ message: String) {
            self.path = path
            self.message = message
        }
    }

    /// Makes a refusal.
    public init(
        _ kind: Failure.Kind, _ message: String, resource: String? = nil, id: String? = nil, fields: [Field] = []
    ) {
        self.kind = kind
        self.message = message
        self.resource = resource
        self.id = id
        self.fields = fields
    }

    /// Refuses input; the message names the first field.
    public static func invalid(_ fields: [Field], resource: String? = nil) -> Refusal {
        let first = fields.first.map { "\($0.path): \($0.message)" } ?? "the input is not valid"
        let more = fields.count > 1 ? " (and \(fields.count - 1) more, see fields)" : ""
        return Refusal(.validationFailed, first + more, resource: resource, fields: fields)
    }

    /// Refuses one field.
    public static func invalid(_ path: String, _ message: String) -> Refusal { invalid([Field(path, message)]) }

    /// There is no such object.
    public static func missing(_ resource: String, _ id: String) -> Refusal {
        Refusal(.notFound, "there is no \(resource) \"\(id.prefix(100))\"", resource: resource, id: id)
    }

    /// The object's state or name is in the way.
    public static func conflict(_ resource: String, _ id: String?, _ message: String) -> Refusal {
        Refusal(.conflict, message, resource: resource, id: id)
    }
}

/// A member of a patch: absent, or a new value (which may be nil where the member can be null).
public enum Change<Value: Sendable>: Sendable {
    /// It was not mentioned.
    case keep
    /// It becomes this.
    case set(Value)

    /// The value after the change.
    public func applied(to value: Value) -> Value {
        switch self {
        case .keep: value
        case .set(let new): new
        }
    }
}
