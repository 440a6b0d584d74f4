import ModeluxCore
import ModeluxHTTP
import ModeluxWire
import NIOCore

/// What a request asks for, as far as the gateway needs to know; the body itself stays bytes.
///
/// An object, since every step hands it on: a copy of its texts counted some twenty references.
final class Inquiry: Sendable {
    /// The endpoint that was called.
    let endpoint: Endpoint
    /// The body as it was sent.
    let body: ByteBuffer
    /// The members that were found in it, and where.
    let members: InquiryHead
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
    /// The caller's own provider credential for this call.
    let providerKey: Secret?
    /// Whether the caller's SDK asks for Anthropic's beta surface (`?beta=true`).
    let isBeta: Bool

    /// Takes what the body says, and what the headers say where there are any of ours: they win over the body.
    /// - Throws: `Failure` of kind `unsupportedParameter` when the tags are none.
    init(
        endpoint: Endpoint, body: ByteBuffer, members: InquiryHead, isBeta: Bool = false, headers: HeaderBlock? = nil
    ) throws(Failure) {
        self.isBeta = isBeta
        self.endpoint = endpoint
        self.body = body
        self.members = members
        endUser = Inquiry.bounded(headers?.first("x-modelux-user-id") ?? members.endUser)
        tags = if let header = headers?.first("x-modelux-user-tags") { try Tags(header: header) } else { members.tags }
        traceID = Inquiry.bounded(headers?.first("x-modelux-trace-id") ?? members.traceID)
        conversationID = Inquiry.bounded(headers?.first("x-modelux-conversation-id") ?? members.conversationID)
        let dryRun = headers?.first("x-modelux-dry-run")?.lowercased()
        if case .dryRun = endpoint { isDryRun = true } else { isDryRun = dryRun == "true" || dryRun == "1" }
        providerKey = headers?.first("x-modelux-provider-key").map(Secret.init)
    }

    /// The same request with another body.
    private init(_ other: Inquiry, body: ByteBuffer) throws(Failure) {
        endpoint = other.endpoint
        self.body = body
        members = try InquiryHead.read(body, endpoint: other.endpoint.request ?? .chat)
        endUser = other.endUser
        tags = other.tags
        traceID = other.traceID
        conversationID = other.conversationID
        isDryRun = other.isDryRun
        providerKey = other.providerKey
        isBeta = other.isBeta
    }

    /// Names that callers choose are cut at 256 bytes, so that a record stays small.
    static func bounded(_ text: String?) -> String? {
        guard let text, text.utf8.count > 256 else { return text }
        var end = text.utf8.index(text.startIndex, offsetBy: 256)
        while end > text.startIndex, end.samePosition(in: text.unicodeScalars) == nil {
            end = text.utf8.index(before: end)
        }
        return String(text[..<end])
    }

    /// What the caller speaks.
    var dialect: ChatDialect { endpoint.surface.dialect }

    /// What is asked of a provider.
    var upstreamEndpoint: VendorRow.Endpoint {
        switch endpoint {
        case .embeddings: .embeddings(isBatch: true)
        case .countTokens: .countTokens
        default: .chat(isStream: members.isStream)
        }
    }

    /// The model field as written.
    var model: String { members.model }

    /// The tokens that the request will probably use, for limits by the minute.
    var probableTokens: Int64 {
        guard endpoint != .embeddings else { return likelyInputTokens }
        return likelyInputTokens + min(members.maximumOutputTokens ?? Estimate.usualOutputTokens, 1_000_000)
    }

    /// The input tokens that a provider probably counted, when it does not say.
    var likelyInputTokens: Int64 { Estimate.tokens(textBytes: members.textBytes) }

    /// Whether a stream is wanted: only conversations have one.
    var isStream: Bool { members.isStream && endpoint != .embeddings && endpoint != .countTokens }

    /// What an attempt is charged that may have worked but told nothing.
    var unreportedUsage: Usage {
        endpoint == .countTokens ? .none : Usage(input: likelyInputTokens, isEstimated: true)
    }

    /// What planning must know of it.
    var facts: RequestFacts {
        RequestFacts(
            model: model, operation: endpoint == .embeddings ? .embeddings : endpoint == .countTokens ? .other : .chat,
            isStream: isStream, hasTools: members.hasTools, hasImages: members.hasImages,
            maximumOutputTokens: members.maximumOutputTokens, choices: members.choices,
            likelyInputTokens: likelyInputTokens, endUser: endUser, conversationID: conversationID, tags: tags)
    }

    /// The request as one candidate gets it: with the members that its target, the config or the data policy set.
    /// Nearly always it is the same request.
    /// - Throws: `Failure` of kind `invalidJSON` when the body cannot be changed.
    func adapted(
        to candidate: Plan.Candidate, _ caller: Caller, _ options: RoutingConfig.Options
    ) throws(Failure) -> Inquiry {
        var changes = candidate.parameters
        if endpoint == .embeddings, let length = options.embeddingDimensions,
            !changes.contains(where: { $0.key == "dimensions" })
        {
            changes.append(JSONTree.Member("dimensions", .integer(length)))
        }
        let policy = caller.project.settings.dataPolicy
        if policy.training != .off, endpoint == .chatCompletions, candidate.provider.vendor.takesStoreFlag {
            changes.append(JSONTree.Member("store", .bool(false)))
        }
        guard !changes.isEmpty else { return self }
        guard case .object(var members) = try JSONTree(parsing: body.readableBytesView) else { return self }
        for change in changes {
            guard let place = members.firstIndex(where: { $0.key == change.key }) else {
                members.append(change)
                continue
            }
            members[place] = change
        }
        return try Inquiry(self, body: ByteBuffer(string: JSONTree.object(members).text))
    }

    /// The most that an attempt at a candidate can cost.
    func worstCase(at candidate: Plan.Candidate) -> Money {
        guard endpoint != .countTokens else { return .zero }
        let input = inputBound(at: candidate)
        guard endpoint != .embeddings else {
            return Meter.worstCase(inputTokens: input, outputTokens: 0, at: candidate.price)
        }
        let set = candidate.parameters.compactMap { parameter in
            ["max_tokens", "max_completion_tokens"].contains(parameter.key) ? parameter.value.integerValue : nil
        }
        let limit = set.max() ?? members.maximumOutputTokens ?? candidate.entry?.maximumOutputTokens
        let choices = candidate.parameters.first { $0.key == "n" }?.value.integerValue ?? members.choices
        let (output, overflow) = (limit ?? Estimate.assumedOutputTokens).multipliedReportingOverflow(
            by: max(1, choices))
        return Meter.worstCase(
            inputTokens: input, outputTokens: overflow ? .max : max(0, output), at: candidate.price)
    }

    /// The most input tokens that a candidate can count. The sandbox's are counted as it counts them.
    private func inputBound(at candidate: Plan.Candidate) -> Int64 {
        if candidate.provider.vendor == .sandbox, endpoint == .chatCompletions,
            let request = try? JSONValue(parsing: body)
        {
            return SandboxChat.inputTokens(of: request["messages"]?.elements ?? [])
        }
        return Estimate.inputBound(
            text: members.textBytes, prompt: members.prompt.count, request: body.readableBytes,
            attachments: members.attachmentBytes, hasImages: members.hasImages, hasTools: members.hasTools,
            context: candidate.entry?.contextTokens)
    }
}
