import ModeluxCore
import NIOCore
import Testing

@testable import ModeluxWire

struct ProviderErrorTests {
    private static let shaped = #"{"error":{"message":"m","type":"t","param":null,"code":"c"}}"#

    struct Row: Sendable, CustomTestStringConvertible {
        var status: Int
        var body = ProviderErrorTests.shaped
        var outcome: AttemptRecord.Outcome
        var fault: ProviderError.Fault
        var isRetryable: Bool
        var mayFailOver: Bool
        var kind: Failure.Kind
        var testDescription: String { "\(status) \(body)" }
    }

    @Test(arguments: [
        Row(
            status: 400, outcome: .invalidRequest, fault: .request, isRetryable: false, mayFailOver: false,
            kind: .unsupportedParameter),
        Row(
            status: 413, outcome: .invalidRequest, fault: .request, isRetryable: false, mayFailOver: false,
            kind: .bodyTooLarge),
        Row(
            status: 422, outcome: .invalidRequest, fault: .request, isRetryable: false, mayFailOver: false,
            kind: .validationFailed),
        Row(
            status: 404, outcome: .invalidRequest, fault: .request, isRetryable: false, mayFailOver: true,
            kind: .notFound),
        Row(
            status: 401, outcome: .authError, fault: .credential, isRetryable: false, mayFailOver: true,
            kind: .providerError),
        Row(
            status: 402, outcome: .authError, fault: .credential, isRetryable: false, mayFailOver: true,
            kind: .providerError),
        Row(
            status: 403, outcome: .authError, fault: .credential, isRetryable: false, mayFailOver: true,
            kind: .providerError),
        Row(
            status: 412, outcome: .authError, fault: .credential, isRetryable: false, mayFailOver: true,
            kind: .providerError),
        Row(
            status: 408, outcome: .timeout, fault: .provider, isRetryable: true, mayFailOver: true,
            kind: .providerTimeout),
        Row(
            status: 409, outcome: .invalidRequest, fault: .request, isRetryable: true, mayFailOver: true,
            kind: .conflict),
        Row(
            status: 429, outcome: .rateLimited, fault: .limit, isRetryable: true, mayFailOver: true,
            kind: .providerRateLimited),
        Row(
            status: 498, outcome: .rateLimited, fault: .limit, isRetryable: true, mayFailOver: true,
            kind: .providerRateLimited),
        Row(
            status: 429, body: #"{"error":{"message":"m","code":"insufficient_quota"}}"#, outcome: .rateLimited,
            fault: .limit, isRetryable: false, mayFailOver: true, kind: .providerRateLimited),
        Row(
            status: 500, outcome: .serverError, fault: .provider, isRetryable: true, mayFailOver: true,
            kind: .providerError),
        Row(
            status: 503, outcome: .serverError, fault: .provider, isRetryable: true, mayFailOver: true,
            kind: .providerError),
        Row(
            status: 504, outcome: .timeout, fault: .provider, isRetryable: true, mayFailOver: true,
            kind: .providerTimeout),
        Row(
            status: 529, outcome: .serverError, fault: .provider, isRetryable: true, mayFailOver: true,
            kind: .providerError),
        Row(
            status: 424, outcome: .serverError, fault: .provider, isRetryable: true, mayFailOver: true,
            kind: .providerError),
        Row(
            status: 302, outcome: .serverError, fault: .provider, isRetryable: false, mayFailOver: true,
            kind: .providerError),
        Row(
            status: 400, body: #"{"error":{"message":"too long","code":"context_length_exceeded"}}"#,
            outcome: .invalidRequest, fault: .request, isRetryable: false, mayFailOver: false,
            kind: .contextLengthExceeded),
        Row(
            status: 400, body: #"{"error":{"message":"This model's maximum context length is 10 tokens"}}"#,
            outcome: .invalidRequest, fault: .request, isRetryable: false, mayFailOver: false,
            kind: .contextLengthExceeded),
        // xAI answers a bad key with 400.
        Row(
            status: 400, body: #"{"code":"invalid-argument","error":"Incorrect API key provided."}"#,
            outcome: .authError, fault: .credential, isRetryable: false, mayFailOver: true, kind: .providerError),
    ])
    func `a status has its class`(row: Row) {
        let error = ProviderError(status: row.status, header: { _ in nil }, body: ByteBuffer(string: row.body))
        #expect(error.outcome == row.outcome)
        #expect(error.fault == row.fault)
        #expect(error.isRetryable == row.isRetryable)
        #expect(error.mayFailOver == row.mayFailOver)
        #expect(error.failure(provider: "p").kind == row.kind)
    }

    struct Hint: Sendable, CustomTestStringConvertible {
        var status: Int
        var headers: [String: String] = [:]
        var body: String
        var outcome: AttemptRecord.Outcome
        var isRetryable: Bool
        var mayFailOver = true
        var retryAfter: Duration?
        var testDescription: String { "\(status) \(headers) \(body)" }
    }

    @Test(arguments: [
        Hint(
            status: 429,
            body:
                #"[{"error":{"code":429,"message":"You exceeded your current quota","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"1.5s"}]}}]"#,
            outcome: .rateLimited, isRetryable: true, retryAfter: .milliseconds(1500)),
        Hint(
            status: 429,
            body:
                #"{"error":{"message":"x","details":[{"@type":"a.QuotaFailure","violations":[{"quotaId":"RequestsPerDayPerProject"}]},{"@type":"a.RetryInfo","retryDelay":"30s"}]}}"#,
            outcome: .rateLimited, isRetryable: false, retryAfter: .seconds(30)),
        Hint(
            status: 400, headers: ["x-amzn-errortype": "ThrottlingException:http://internal.amazon.com/"],
            body: #"{"message":"slow down"}"#, outcome: .rateLimited, isRetryable: true),
        Hint(
            status: 400, headers: ["x-amzn-errortype": "ExpiredTokenException"], body: #"{"Message":"old"}"#,
            outcome: .authError, isRetryable: false),
        Hint(
            status: 400, body: #"{"__type":"com.amazon.coral#ServiceQuotaExceededException","message":"no more"}"#,
            outcome: .rateLimited, isRetryable: false),
        Hint(
            status: 424, headers: ["x-amzn-errortype": "ModelErrorException"], body: #"{"message":"broken"}"#,
            outcome: .serverError, isRetryable: true),
        Hint(
            status: 400,
            body: #"{"error":{"message":"Your credit balance is too low","type":"invalid_request_error"}}"#,
            outcome: .authError, isRetryable: false),
        Hint(
            status: 403, body: #"{"error":{"message":"x","code":"billing_not_active"}}"#, outcome: .authError,
            isRetryable: false),
        Hint(
            status: 500, headers: ["x-should-retry": "false"], body: shaped, outcome: .serverError,
            isRetryable: false),
        Hint(
            status: 429, body: #"{"error":{"message":"x","details":[{"@type":"a.RetryInfo","retryDelay":"1e99s"}]}}"#,
            outcome: .rateLimited, isRetryable: true, retryAfter: .seconds(86_400)),
    ])
    func `a provider's own words decide`(hint: Hint) {
        let error = ProviderError(
            status: hint.status, header: { hint.headers[$0] }, body: ByteBuffer(string: hint.body))
        #expect(error.outcome == hint.outcome)
        #expect(error.isRetryable == hint.isRetryable)
        #expect(error.mayFailOver == hint.mayFailOver)
        #expect(error.retryAfter == hint.retryAfter)
    }

    @Test(arguments: [
        (shaped, "m", true), (#"{"error":{"message":"m","code":401}}"#, "m", true), (#"{"error":"m"}"#, "m", false),
        (#"{"message":"m"}"#, "m", false), (#"{"Message":"m"}"#, "m", false), (#"{"detail":"m"}"#, "m", false),
        (#"[{"error":{"code":400,"message":"m","status":"X"}}]"#, "m", false),
        (#"{"code":"x","error":"m"}"#, "m", false), ("m\n", "m", false), ("  many\t\r\nwords ", "many words", false),
        ("", "the provider answered with status 400", false), ("{}", "the provider answered with status 400", false),
        (#"{"error":{}}"#, "the provider answered with status 400", false),
        ("<html><body>x</body></html>", "the provider answered with status 400", false),
        (" <!DOCTYPE HTML>", "the provider answered with status 400", false),
        (#"{"error":{"message":"<script>x</script>"}}"#, "the provider answered with status 400", false),
        (#"{"error":{"message":"a\u0000b\u001b[31m"}}"#, "a b [31m", false),
        (#"{"error":{"message":7}}"#, "the provider answered with status 400", false),
        (#"{"error":{"message":"m"},"error":{"message":"n"}}"#, "m", true),
    ])
    func `a body in any form gives a safe sentence`(body: String, message: String, isShaped: Bool) {
        let error = ProviderError(status: 400, header: { _ in nil }, body: ByteBuffer(string: body))
        #expect(error.message == message)
        #expect(error.isOpenAIShaped == isShaped)
        #expect(error.passesThrough(callersOwnKey: false) == isShaped)
    }

    @Test func `a refused credential never shows the provider's sentence`() {
        let body = ByteBuffer(
            string: #"{"error":{"message":"Incorrect API key provided: sk-secret","code":"invalid_api_key"}}"#)
        let error = ProviderError(status: 401, header: { _ in nil }, body: body)
        #expect(!error.message.contains("secret"))
        #expect(!error.failure(provider: "p").message.contains("secret"))
        #expect(!error.passesThrough(callersOwnKey: false))
        #expect(error.passesThrough(callersOwnKey: true))
    }

    @Test func `a long sentence is cut`() {
        let body = ByteBuffer(string: String(repeating: "é", count: 5000))
        #expect(ProviderError(status: 500, header: { _ in nil }, body: body).message.utf8.count == 2000)
    }

    @Test(
        arguments: [
            (["retry-after": "44"], Duration.seconds(44)),
            (["retry-after-ms": "250", "retry-after": "9"], .milliseconds(250)),
            (["retry-after": "0.5"], .milliseconds(500)), (["retry-after": "1e300"], .seconds(86_400)), ([:], nil),
            (["retry-after": "-1"], nil), (["retry-after": "nan"], nil), (["retry-after": "soon"], nil),
        ] as [([String: String], Duration?)])
    func `the provider's pause is read`(headers: [String: String], expected: Duration?) {
        let error = ProviderError(status: 429, header: { headers[$0] }, body: ByteBuffer())
        #expect(error.retryAfter == expected)
        let seconds = expected.map { Int($0.components.seconds) + ($0.components.attoseconds > 0 ? 1 : 0) }
        #expect(error.failure(provider: "p").retryAfterSeconds == seconds)
    }

    @Test(arguments: [("true", 400, true), ("false", 500, false), ("maybe", 500, true)])
    func `x-should-retry overrides`(value: String, status: Int, expected: Bool) {
        let error = ProviderError(status: status, header: { $0 == "x-should-retry" ? value : nil }, body: ByteBuffer())
        #expect(error.isRetryable == expected)
    }
}
