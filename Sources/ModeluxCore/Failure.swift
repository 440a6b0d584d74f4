/// Why an operation ended without the answer it asked for, as the caller may know it.
///
/// The kind gives status, type, code and metric label from one table; the message is public and names what to change;
/// the cause is private and goes to the log only.
public struct Failure: Error, Sendable, Hashable {
    /// What happened; decides status and code.
    public let kind: Kind
    /// One sentence for the caller that names what to change. Never contains a secret or a provider's HTML.
    public let message: String
    /// The request parameter at fault, if one is.
    public let parameter: String?
    /// For the log only.
    public let cause: String?
    /// Seconds after which a retry may help; 0 or more.
    public let retryAfterSeconds: Int?
    /// The budget that stood in the way, as one JSON object; only for `budgetExceeded`.
    public let budget: String?

    /// Makes a failure.
    public init(
        _ kind: Kind, _ message: String, parameter: String? = nil, cause: String? = nil, retryAfterSeconds: Int? = nil,
        budget: String? = nil
    ) {
        self.kind = kind
        self.message = message
        self.parameter = parameter
        self.cause = cause
        self.retryAfterSeconds = retryAfterSeconds
        self.budget = budget
    }

    /// The kinds of failure that a client can act on differently.
    public enum Kind: String, Sendable, CaseIterable {
        case invalidJSON = "invalid_json"
        case missingField = "missing_field"
        case unknownModel = "unknown_model"
        case unsupportedParameter = "unsupported_parameter"
        case contextLengthExceeded = "context_length_exceeded"
        case missingKey = "missing_key"
        case invalidKey = "invalid_key"
        case expiredKey = "expired_key"
        case revokedKey = "revoked_key"
        case budgetExceeded = "budget_exceeded"
        case modelNotAllowed = "model_not_allowed"
        case ipNotAllowed = "ip_not_allowed"
        case roleForbidden = "role_forbidden"
        case notFound = "not_found"
        case routingConfigNotFound = "routing_config_not_found"
        case methodNotAllowed = "method_not_allowed"
        case conflict = "conflict"
        case bodyTooLarge = "body_too_large"
        case unsupportedMediaType = "unsupported_media_type"
        case validationFailed = "validation_failed"
        case rateLimited = "rate_limited"
        case providerRateLimited = "provider_rate_limited"
        case internalError = "internal_error"
        case providerError = "provider_error"
        case noHealthyProvider = "no_healthy_provider"
        case overloaded = "overloaded"
        case providerTimeout = "provider_timeout"
        case requestTimeout = "request_timeout"
        case clientGone = "client_gone"
    }
}

extension Failure.Kind {
    /// The machine-readable code in the error body; also the metric label.
    public var code: String { rawValue }

    /// The HTTP status. `clientGone` is 499, which only records and metrics ever see.
    public var status: Int {
        switch self {
        case .invalidJSON, .missingField, .unknownModel, .unsupportedParameter, .contextLengthExceeded: 400
        case .missingKey, .invalidKey, .expiredKey, .revokedKey: 401
        case .budgetExceeded: 402
        case .modelNotAllowed, .ipNotAllowed, .roleForbidden: 403
        case .notFound, .routingConfigNotFound: 404
        case .methodNotAllowed: 405
        case .requestTimeout: 408
        case .conflict: 409
        case .bodyTooLarge: 413
        case .unsupportedMediaType: 415
        case .validationFailed: 422
        case .rateLimited, .providerRateLimited: 429
        case .clientGone: 499
        case .internalError: 500
        case .providerError: 502
        case .noHealthyProvider, .overloaded: 503
        case .providerTimeout: 504
        }
    }

    /// The error type, the same word in the OpenAI and the Anthropic shape.
    public var type: String {
        switch self {
        case .budgetExceeded: "budget_exceeded"
        case .missingKey, .invalidKey, .expiredKey, .revokedKey: "authentication_error"
        case .modelNotAllowed, .ipNotAllowed, .roleForbidden: "permission_error"
        case .notFound, .routingConfigNotFound: "not_found_error"
        case .rateLimited, .providerRateLimited: "rate_limit_error"
        case .internalError, .providerError, .noHealthyProvider, .overloaded, .providerTimeout: "api_error"
        default: "invalid_request_error"
        }
    }
}
