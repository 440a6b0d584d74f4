import ModeluxCore
import ModeluxHTTP
import ModeluxWire
import NIOCore

/// A call as it leaves the gateway, and how its answer becomes the caller's.
///
/// Within one dialect the body's bytes are patched in place; between two the request is read into the neutral form and
/// written anew.
struct OutgoingRequest {
    /// Where it goes.
    let destination: Destination
    /// How the answer becomes the caller's.
    let reading: AnswerReading
    /// Parts of the request that the provider cannot express, by name.
    let dropped: [String]

    /// Where a call goes.
    enum Destination {
        /// To the built-in models, with a body of the OpenAI shape.
        case sandbox(SandboxModel, body: ByteBuffer)
        /// To a provider over the network. `further` follow one after another where the provider takes only a part of
        /// the request at a time.
        case upstream(UpstreamRequest, further: [UpstreamRequest])
        /// Nowhere: the gateway answers by itself.
        case none
    }

    /// Makes the call for a candidate. `received` are the caller's headers, `restore` puts back what the caller's dialect
    /// could not carry, `now` gives the moment that a signature names.
    /// - Throws: `Failure` of kind `unknownModel`, `unsupportedParameter` or `missingField` when the candidate cannot
    ///   be called so.
    init(
        _ inquiry: Inquiry, to candidate: Plan.Candidate, from received: HeaderBlock, by addresses: AddressBook,
        restoring restore: (inout ChatRequest) -> Void, at now: () -> Timestamp
    ) throws(Failure) {
        guard let row = VendorRow(candidate.provider.vendor, model: candidate.model) else {
            try self.init(sandbox: inquiry, candidate, restore)
            return
        }
        guard row.dialect == inquiry.dialect || inquiry.endpoint != .countTokens else {
            self.init(destination: .none, reading: .tokenCount, dropped: [])
            return
        }
        let written = try OutgoingRequest.write(inquiry, candidate, row, restore)
        let address = try addresses.address(
            of: candidate, row, endpoint: inquiry.upstreamEndpoint, credential: inquiry.providerKey)
        var headers = HeaderBlock()
        if case .passing = written.reading {
            headers.appendAll(from: received) { ForwardedHeaders.toProvider($0) }
        } else {
            if row.dialect == .anthropic { headers.appendAll(from: received) { ForwardedHeaders.toAnthropic($0) } }
            headers.set("content-type", "application/json")
        }
        headers.add("accept-encoding", "identity")
        for header in row.headers { headers.set(header.name, header.value) }
        for header in row.defaultHeaders where !headers.contains(header.name) { headers.add(header.name, header.value) }
        for header in written.headers {
            // Beta flags add up; the caller's own stay.
            headers.set(header.name, (headers.first(header.name).map { $0 + "," } ?? "") + header.value)
        }
        var target = address.target
        if row.dialect == .anthropic, inquiry.isBeta { target += "?beta=true" }
        let authorization = (inquiry.providerKey ?? candidate.provider.credential).map {
            row.authorization($0, region: candidate.provider.region)
        }
        func request(_ body: ByteBuffer) -> UpstreamRequest {
            var headers = headers
            switch authorization {
            case .header(let name, let value): headers.add(name, value)
            case .signature(let keys):
                let signed = SigV4.Request(method: "POST", host: address.authority, target: target, body: body)
                for header in SigV4.headers(for: signed, keys: keys, at: now()) {
                    headers.set(header.name, header.value)
                }
            case nil: break
            }
            return UpstreamRequest(
                origin: address.origin, method: "POST", target: target, headers: headers, body: body)
        }
        self.init(
            destination: .upstream(request(written.body), further: written.further.map(request)),
            reading: written.reading, dropped: written.dropped)
    }

    private init(destination: Destination, reading: AnswerReading, dropped: [String]) {
        self.destination = destination
        self.reading = reading
        self.dropped = dropped
    }

    private init(sandbox inquiry: Inquiry, _ candidate: Plan.Candidate, _ restore: Restoration) throws(Failure) {
        guard let model = SandboxModel(rawValue: candidate.model) else {
            throw Failure(
                .unknownModel,
                "the sandbox has no model \"\(candidate.model)\": it has "
                    + SandboxModel.allCases.map(\.rawValue).joined(separator: ", "), parameter: "model")
        }
        // Everywhere else the provider judges a request without a prompt.
        try inquiry.members.requirePrompt()
        guard inquiry.endpoint != .countTokens else {
            self.init(destination: .none, reading: .tokenCount, dropped: [])
            return
        }
        guard inquiry.dialect != .openai else {
            self.init(
                destination: .sandbox(model, body: inquiry.body),
                reading: .passing(.openai, removesUsageChunk: !inquiry.members.asksForUsage), dropped: [])
            return
        }
        let translation = Translation(from: inquiry.dialect, to: .openai)
        let request = try translation.request(
            inquiry.body, for: ChatTarget(vendor: .sandbox, model: candidate.model, entry: candidate.entry),
            restoring: restore)
        self.init(
            destination: .sandbox(model, body: request.body), reading: .translated(translation),
            dropped: request.dropped)
    }

    private typealias Restoration = (inout ChatRequest) -> Void

    /// A request in the provider's dialect.
    private struct Written {
        let body: ByteBuffer
        var further: [ByteBuffer] = []
        let reading: AnswerReading
        var headers: [(name: String, value: String)] = []
        var dropped: [String] = []
    }

    private static func write(
        _ inquiry: Inquiry, _ candidate: Plan.Candidate, _ row: VendorRow, _ restore: Restoration
    ) throws(Failure) -> Written {
        let model = row.upstreamModel(candidate.provider, model: candidate.model)
        guard row.dialect != inquiry.dialect else {
            let body = inquiry.members.upstreamBody(inquiry.body, model: model, addsUsageRequest: row.asksForUsage)
            let removesUsageChunk = inquiry.members.removesUsageChunk(addsUsageRequest: row.asksForUsage)
            return Written(body: body, reading: .passing(row.dialect, removesUsageChunk: removesUsageChunk))
        }
        let target = ChatTarget(vendor: candidate.provider.vendor, model: model, entry: candidate.entry)
        guard inquiry.endpoint != .embeddings else {
            let translation = try EmbeddingTranslation(inquiry.body, for: target, dialect: row.dialect)
            let bodies = translation.requests.map(\.body)
            return Written(
                body: bodies.first ?? ByteBuffer(), further: Array(bodies.dropFirst()),
                reading: .embeddings(translation), dropped: translation.dropped)
        }
        let translation = Translation(from: inquiry.dialect, to: row.dialect)
        let request = try translation.request(inquiry.body, for: target, restoring: restore)
        return Written(
            body: request.body, reading: .translated(translation.reading(request)), headers: request.headers,
            dropped: request.dropped)
    }
}
