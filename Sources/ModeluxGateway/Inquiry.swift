import ModeluxCore
import ModeluxWire
import NIOCore

/// What a request asks for, as far as the gateway needs to know; the body itself stays bytes.
struct Inquiry {
    /// The endpoint that was called.
    let endpoint: Endpoint
    /// The body as it was sent.
    let body: ByteBuffer
    /// The members that were found in it, and where.
    let members: OpenAIRequestHead
    /// Who uses the caller's application.
    let endUser: String?
    /// The caller's labels.
    let tags: Tags
    /// One agent run or user turn.
    let traceID: String?
    /// A long-lived thread.
    let conversationID: String?
    /// Whether only the plan is wanted.
    let isDryRun: Bool
    /// Whether the answer should say why.
    let wantsTrace: Bool
    /// The caller's own provider credential for this call.
    let providerKey: Secret?

    /// The model field as written.
    var model: String { members.model }

    /// An upper estimate of the input tokens.
    var estimatedInputTokens: Int64 { Estimate.inputTokens(requestBytes: body.readableBytes) }

    /// The input tokens that a provider probably counted, when it does not say.
    var likelyInputTokens: Int64 { Estimate.tokens(textBytes: members.textBytes) }

    /// The most that an attempt at a candidate can cost.
    func worstCase(at candidate: Plan.Candidate) -> Money {
        guard endpoint != .embeddings else {
            return Meter.worstCase(inputTokens: estimatedInputTokens, outputTokens: 0, at: candidate.price)
        }
        let limit = members.maximumOutputTokens ?? candidate.entry?.maximumOutputTokens
        let (output, overflow) = (limit ?? Estimate.assumedOutputTokens).multipliedReportingOverflow(
            by: members.choices)
        return Meter.worstCase(
            inputTokens: estimatedInputTokens, outputTokens: overflow ? .max : max(0, output), at: candidate.price)
    }
}
