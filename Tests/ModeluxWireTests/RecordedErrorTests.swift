import ModeluxCore
import NIOCore
import Testing

@testable import ModeluxWire

/// Every recorded error body of every provider, against a table of what they mean.
@Suite(.enabled(if: RecordedTraffic.isThere, Comment(rawValue: RecordedTraffic.missing)))
struct RecordedErrorTests {
    /// What errors of a status that contain a text are; the first row that fits counts.
    struct Row: Sendable, CustomTestStringConvertible {
        var statuses: ClosedRange<Int>
        var contains = ""
        var outcome: AttemptRecord.Outcome
        var isRetryable = false
        var mayFailOver = false
        var kind: Failure.Kind
        var retryAfter: Duration?
        var testDescription: String { "\(statuses) \(contains)" }

        init(
            _ statuses: ClosedRange<Int>, _ contains: String = "", _ outcome: AttemptRecord.Outcome,
            _ kind: Failure.Kind, isRetryable: Bool = false, mayFailOver: Bool = false, retryAfter: Duration? = nil
        ) {
            (self.statuses, self.contains, self.outcome, self.kind) = (statuses, contains, outcome, kind)
            (self.isRetryable, self.mayFailOver, self.retryAfter) = (isRetryable, mayFailOver, retryAfter)
        }
    }

    private static let table: [Row] = [
        // Keys, whatever the status.
        Row(400...400, "API key not valid", .authError, .providerError, mayFailOver: true),
        Row(400...400, "Incorrect API key provided", .authError, .providerError, mayFailOver: true),
        Row(401...401, "", .authError, .providerError, mayFailOver: true),
        Row(403...403, "", .authError, .providerError, mayFailOver: true),
        // Prompts that are too long, in everybody's words.
        Row(400...400, "prompt is too long", .invalidRequest, .contextLengthExceeded),
        Row(400...400, "maximum context length is", .invalidRequest, .contextLengthExceeded),
        Row(400...400, "max context length", .invalidRequest, .contextLengthExceeded),
        Row(400...400, "context_length_exceeded", .invalidRequest, .contextLengthExceeded),
        Row(400...400, "too_many_prompt_tokens", .invalidRequest, .contextLengthExceeded),
        Row(400...400, "The input token count", .invalidRequest, .contextLengthExceeded),
        // Models that are not there, with the status of another mistake.
        Row(400...400, "model_not_found", .invalidRequest, .unknownModel, mayFailOver: true),
        Row(400...400, "model identifier is invalid", .invalidRequest, .unknownModel, mayFailOver: true),
        Row(404...404, "", .invalidRequest, .notFound, mayFailOver: true),
        // Limits, each with its own way to ask for a pause.
        Row(
            429...429, "per-minute rate limit", .rateLimited, .providerRateLimited, isRetryable: true,
            mayFailOver: true, retryAfter: .seconds(7)),
        Row(
            429...429, "retryDelay", .rateLimited, .providerRateLimited, isRetryable: true, mayFailOver: true,
            retryAfter: .seconds(48)),
        Row(
            429...429, "Too many requests", .rateLimited, .providerRateLimited, isRetryable: true, mayFailOver: true,
            retryAfter: .seconds(44)),
        Row(
            429...429, "requests per min", .rateLimited, .providerRateLimited, isRetryable: true, mayFailOver: true,
            retryAfter: .seconds(20)),
        Row(
            429...429, "Provider returned error", .rateLimited, .providerRateLimited, isRetryable: true,
            mayFailOver: true),
        // Failures of the provider.
        Row(503...503, "", .serverError, .providerError, isRetryable: true, mayFailOver: true),
        Row(529...529, "Overloaded", .serverError, .providerError, isRetryable: true, mayFailOver: true),
        // Everything else is the request's fault.
        Row(422...422, "", .invalidRequest, .validationFailed),
        Row(400...400, "", .invalidRequest, .unsupportedParameter),
    ]

    @Test func `every recorded error is what the table says`() throws {
        let errors = RecordedTraffic.lines(of: "errors.jsonl")
        #expect(errors.count >= 119)
        var used: Set<String> = []
        for line in errors {
            let status = Int(try #require(line["status"]?.integer))
            let text = try #require(line["body"]?.string)
            let row = try #require(
                Self.table.first { $0.statuses.contains(status) && (text.contains($0.contains) || $0.contains.isEmpty) }
            )
            used.insert(row.testDescription)
            let error = ProviderError(
                status: status, header: { line["headers"]?[$0]?.string }, body: ByteBuffer(string: text))
            let what = Comment(rawValue: "\(row.testDescription): \(text.prefix(300))")
            #expect(error.outcome == row.outcome, what)
            #expect(error.isRetryable == row.isRetryable, what)
            #expect(error.mayFailOver == row.mayFailOver, what)
            #expect(error.retryAfter == row.retryAfter, what)
            let failure = error.failure(provider: "p")
            #expect(failure.kind == row.kind, what)
            #expect(error.isContextTooLong == (row.kind == .contextLengthExceeded), what)

            // Said again, it is clean JSON in the caller's shape, and shows neither markup nor a credential.
            let body = try JSONValue(parsing: OpenAIError.body(for: failure))["error"]
            #expect(body?["message"]?.string == failure.message)
            #expect(body?["type"]?.string == row.kind.type)
            #expect(body?["code"]?.string == row.kind.code)
            #expect(!failure.message.contains("<html") && !failure.message.isEmpty)
            if error.fault == .credential { #expect(!failure.message.lowercased().contains("provided")) }
        }
        // A row that fits nothing says nothing.
        #expect(used.count == Self.table.count)
    }
}
