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
    /// Whether the body is a clean error object with its sentence in `error.message`, as OpenAI's and Anthropic's are.
    public let isOpenAIShaped: Bool
    /// Whether the body is a clean error in Anthropic's shape.
    public let isAnthropicShaped: Bool
    /// Whether the prompt was too long for the model.
    public let isContextTooLong: Bool
    /// Whether the provider does not know the model.
    public let isModelMissing: Bool
    /// The request parameter at fault, as the provider calls it.
    public let parameter: String?
    /// The status that says what happened: some providers answer 400 where others have a status of its own.
    private let trueStatus: Int

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
        let exception = ProviderErrorBody.exception(header("x-amzn-errortype")) ?? answer.type
        let text = (answer.message ?? "").lowercased()
        let words = [answer.code, answer.type, exception].compactMap { $0?.lowercased() }
        self.status = status
        retryAfter = ProviderError.retryAfter(header) ?? answer.retryDelay
        isContextTooLong =
            (400...422).contains(status)
            && (words.contains { $0 == "context_length_exceeded" || $0 == "too_many_prompt_tokens" }
                || ProviderError.tooLongPhrases.contains { text.contains($0) })
        isModelMissing =
            [400, 404].contains(status)
            && (["model_not_found", "deploymentnotfound"].contains(where: words.contains)
                || ProviderError.missingModelPhrases.contains { text.contains($0) })
        // Google says "quota" of every limit; with a pause that helps it is a rate.
        let isQuota =
            words.contains {
                $0.contains("insufficient_quota") || $0.contains("billing") || $0 == "servicequotaexceededexception"
            }
            || answer.isDailyQuota || (text.contains("exceeded your current quota") && answer.retryDelay == nil)
        trueStatus = exception.flatMap(ProviderError.status(ofException:)) ?? (isModelMissing ? 404 : status)
        let verdict = ProviderError.verdict(status: trueStatus, isQuota: isQuota, isBadKey: answer.blamesKey)
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
        code = answer.code ?? answer.type ?? exception
        parameter = answer.parameter
        isOpenAIShaped = answer.isOpenAIShaped
        isAnthropicShaped = answer.isAnthropicShaped
    }

    /// Whether status and body may go to the caller as they are: an error status, the caller's shape, and nothing that
    /// could show a credential that is not the caller's own. A redirect never does: it is not followed, and a caller
    /// must not be sent elsewhere.
    public func passesThrough(in shape: ChatDialect = .openai, callersOwnKey: Bool) -> Bool {
        status >= 400 && (shape == .anthropic ? isAnthropicShaped : isOpenAIShaped)
            && (fault != .credential || callersOwnKey)
    }

    /// The error in our words, for an answer that does not pass through.
    public func failure(provider: String) -> Failure {
        let seconds = retryAfter.map { Int(clamping: $0.components.seconds + ($0.components.attoseconds > 0 ? 1 : 0)) }
        return Failure(
            kind, "provider \"\(provider)\": \(message)", parameter: fault == .request ? parameter : nil,
            retryAfterSeconds: seconds)
    }

    /// What kind of failure it is to the caller.
    var kind: Failure.Kind {
        switch (fault, trueStatus) {
        case (.limit, _): .providerRateLimited
        case (.credential, _), (.provider, _): outcome == .timeout ? .providerTimeout : .providerError
        case (.request, _) where isContextTooLong: .contextLengthExceeded
        case (.request, 404): status == 404 ? .notFound : .unknownModel
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

    private static let missingModelPhrases = [
        "model identifier is invalid", "the requested model '", "is not found for api version",
    ]

    /// The status that an AWS exception stands for, whatever the HTTP status is; nil for those that leave it to that.
    private static func status(ofException name: String) -> Int? {
        switch name.lowercased() {
        case "throttlingexception", "toomanyrequestsexception", "modelnotreadyexception", "throttling",
            "servicequotaexceededexception":
            429
        case "accessdeniedexception", "unrecognizedclientexception", "expiredtokenexception",
            "invalidsignatureexception", "incompletesignatureexception", "missingauthenticationtokenexception",
            "invalidclienttokenid", "notauthorizedexception":
            403
        case "resourcenotfoundexception": 404
        case "modeltimeoutexception": 408
        case "modelerrorexception", "modelstreamerrorexception": 424
        case "internalserverexception": 500
        case "serviceunavailableexception": 503
        default: nil
        }
    }

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
        case 429, 498,
            _ where isQuota && status < 500:
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
