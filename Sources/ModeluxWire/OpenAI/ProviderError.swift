public import ModeluxCore
public import NIOCore

/// A provider's error answer, classified: how the attempt counts, what may be tried next, and what the caller may see.
public struct ProviderError: Sendable {
    /// The HTTP status that came.
    public let status: Int
    /// How the attempt ended, for the ledger and the trace.
    public let outcome: AttemptRecord.Outcome
    /// Whose fault it is.
    public let fault: Fault
    /// Whether the same target may be tried again after a pause, as long as no byte has reached the caller.
    public let isRetryable: Bool
    /// Whether another target may do better: true for the provider's and the credential's faults, for limits and for a
    /// model that is not there; false where every target would refuse the request.
    public let mayFailOver: Bool
    /// The pause that the provider asks for; at most a day.
    public let retryAfter: Duration?
    /// The provider's own sentence, cleaned: without control characters and HTML, at most 2,000 bytes; a sentence of
    /// ours when it said nothing usable or when it could show a credential.
    public let message: String
    /// The provider's error code or type, if it is a plain word.
    public let code: String?
    /// Whether the body is a clean error in the OpenAI shape.
    public let isOpenAIShaped: Bool
    /// Whether the prompt was too long for the model.
    public let isContextTooLong: Bool

    /// Whose fault an error is.
    public enum Fault: String, Sendable {
        /// The request is wrong.
        case request
        /// The credential, its account or its rights.
        case credential
        /// A rate or a quota is used up.
        case limit
        /// The provider failed.
        case provider
    }

    /// Classifies an answer whose status is not a success.
    /// - Parameters:
    ///   - status: the HTTP status that came.
    ///   - header: looks a response header up by its lower-case name.
    ///   - body: the whole body; only its first MiB is looked at.
    public init(status: Int, header: (String) -> String?, body: ByteBuffer) {
        let answer = ProviderErrorBody(body, contentType: header("content-type"))
        let text = (answer.message ?? "").lowercased()
        let words = [answer.code, answer.type].compactMap { $0?.lowercased() }
        self.status = status
        retryAfter = ProviderError.retryAfter(header)
        isContextTooLong =
            (400...422).contains(status)
            && (words.contains { $0 == "context_length_exceeded" || $0 == "too_many_prompt_tokens" }
                || ProviderError.tooLongPhrases.contains { text.contains($0) })
        let isQuota =
            words.contains { $0.contains("insufficient_quota") || $0.contains("billing") }
            || text.contains("exceeded your current quota")
        let verdict = ProviderError.verdict(status: status, isQuota: isQuota, isBadKey: answer.blamesKey)
        (outcome, fault, mayFailOver) = (verdict.outcome, verdict.fault, verdict.mayFailOver)
        switch header("x-should-retry") {
        case "true": isRetryable = true
        case "false": isRetryable = false
        default: isRetryable = verdict.isRetryable
        }
        message =
            verdict.fault == .credential
            ? "the provider refused its credential (status \(status))"
            : answer.message ?? "the provider answered with status \(status)"
        code = answer.code ?? answer.type
        isOpenAIShaped = answer.isOpenAIShaped
    }

    /// Whether status and body may go to the caller as they are: an error status, the OpenAI shape, and nothing that
    /// could show a credential that is not the caller's own. A redirect never does: it is not followed, and a caller
    /// must not be sent elsewhere.
    public func passesThrough(callersOwnKey: Bool) -> Bool {
        status >= 400 && isOpenAIShaped && (fault != .credential || callersOwnKey)
    }

    /// The error in our words, for an answer that does not pass through.
    public func failure(provider: String) -> Failure {
        let seconds = retryAfter.map { Int(clamping: $0.components.seconds + ($0.components.attoseconds > 0 ? 1 : 0)) }
        return Failure(kind, "provider \"\(provider)\": \(message)", retryAfterSeconds: seconds)
    }

    /// What kind of failure it is to the caller.
    var kind: Failure.Kind {
        switch (fault, status) {
        case (.limit, _): .providerRateLimited
        case (.credential, _), (.provider, _): outcome == .timeout ? .providerTimeout : .providerError
        case (.request, _) where isContextTooLong: .contextLengthExceeded
        case (.request, 404): .notFound
        case (.request, 409): .conflict
        case (.request, 413): .bodyTooLarge
        case (.request, 415): .unsupportedMediaType
        case (.request, 422): .validationFailed
        case (.request, _): .unsupportedParameter
        }
    }

    private static let tooLongPhrases = [
        "context length", "context window", "prompt is too long", "prompt too long", "input token count",
        "input tokens exceeded", "input is too long", "length of all messages is too long",
    ]

    private struct Verdict {
        var outcome: AttemptRecord.Outcome
        var fault: Fault
        var isRetryable: Bool
        var mayFailOver: Bool
    }

    private static func verdict(status: Int, isQuota: Bool, isBadKey: Bool) -> Verdict {
        switch status {
        case _ where isBadKey, 401, 402, 403, 407, 412:
            Verdict(outcome: .authError, fault: .credential, isRetryable: false, mayFailOver: true)
        case 429, 498:
            Verdict(outcome: .rateLimited, fault: .limit, isRetryable: !isQuota, mayFailOver: true)
        case 408, 504:
            Verdict(outcome: .timeout, fault: .provider, isRetryable: true, mayFailOver: true)
        case 409:
            Verdict(outcome: .invalidRequest, fault: .request, isRetryable: true, mayFailOver: true)
        case 424, 425, 500...599:
            Verdict(outcome: .serverError, fault: .provider, isRetryable: true, mayFailOver: true)
        case 404, 405, 410:
            Verdict(outcome: .invalidRequest, fault: .request, isRetryable: false, mayFailOver: true)
        case 400..<500:
            Verdict(outcome: .invalidRequest, fault: .request, isRetryable: false, mayFailOver: false)
        default:
            // Redirects are not followed, and other statuses have no business here.
            Verdict(outcome: .serverError, fault: .provider, isRetryable: false, mayFailOver: true)
        }
    }

    /// `retry-after-ms`, else `retry-after` in seconds. Its date form is not read: no provider of ours sends it.
    private static func retryAfter(_ header: (String) -> String?) -> Duration? {
        let dayMilliseconds: Int64 = 86_400_000
        func milliseconds(_ text: String?, _ unit: Double) -> Int64? {
            guard let text, let value = Double(text), value >= 0, value.isFinite else { return nil }
            return Int64(min(value * unit, Double(dayMilliseconds)))
        }
        return (milliseconds(header("retry-after-ms"), 1) ?? milliseconds(header("retry-after"), 1000))
            .map { .milliseconds($0) }
    }
}
