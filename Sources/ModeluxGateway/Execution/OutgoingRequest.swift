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
        /// To a provider over the network.
        case upstream(UpstreamRequest)
        /// Nowhere: the gateway answers by itself.
        case none
    }

    /// Makes the call for a candidate. `received` are the caller's headers, `restore` puts back what the caller's dialect
    /// could not carry, `now` is the moment that a signature names.
    /// - Throws: `Failure` of kind `unknownModel`, `unsupportedParameter` or `missingField` when the candidate cannot
    ///   be called so.
    init(
        _ inquiry: Inquiry, to candidate: Plan.Candidate, from received: HeaderBlock, by addresses: AddressBook,
        restoring restore: (inout ChatRequest) -> Void, at now: Timestamp
    ) throws(Failure) {
        guard let row = VendorRow(candidate.provider.vendor, model: candidate.model) else {
            try self.init(sandbox: inquiry, candidate, restore)
            return
        }
        guard row.dialect == inquiry.dialect || inquiry.endpoint != .countTokens else {
            self.init(destination: .none, reading: .tokenCount, dropped: [])
            return
        }
        let (body, reading, extra, dropped) = try OutgoingRequest.write(inquiry, candidate, row, restore)
        let address = try addresses.address(
            of: candidate, row, endpoint: inquiry.upstreamEndpoint, credential: inquiry.providerKey)
        var headers = HeaderBlock()
        if case .passing = reading {
            headers.appendAll(from: received) { ForwardedHeaders.toProvider($0) }
        } else {
            if row.dialect == .anthropic { headers.appendAll(from: received) { ForwardedHeaders.toAnthropic($0) } }
            headers.set("content-type", "application/json")
        }
        headers.add("accept-encoding", "identity")
        for header in row.headers { headers.set(header.name, header.value) }
        for header in row.defaultHeaders where !headers.contains(header.name) { headers.add(header.name, header.value) }
        for header in extra {
            // Beta flags add up; the caller's own stay.
            headers.set(header.name, (headers.first(header.name).map { $0 + "," } ?? "") + header.value)
        }
        var target = address.target
        if row.dialect == .anthropic, inquiry.isBeta { target += "?beta=true" }
        if let credential = inquiry.providerKey ?? candidate.provider.credential {
            switch row.authorization(credential, region: candidate.provider.region) {
            case .header(let name, let value): headers.add(name, value)
            case .signature(let keys):
                throw Failure(
                    .unsupportedParameter, "requests for \(keys.region) cannot be signed yet", parameter: "model")
            }
        }
        self.init(
            destination: .upstream(
                UpstreamRequest(origin: address.origin, method: "POST", target: target, headers: headers, body: body)),
            reading: reading, dropped: dropped)
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

    private typealias Written = (
        body: ByteBuffer, reading: AnswerReading, headers: [(name: String, value: String)], dropped: [String]
    )

    private static func write(
        _ inquiry: Inquiry, _ candidate: Plan.Candidate, _ row: VendorRow, _ restore: Restoration
    ) throws(Failure) -> Written {
        let model = row.upstreamModel(candidate.provider, model: candidate.model)
        guard row.dialect != inquiry.dialect else {
            let body = inquiry.members.upstreamBody(inquiry.body, model: model, addsUsageRequest: row.asksForUsage)
            let removesUsageChunk = inquiry.members.removesUsageChunk(addsUsageRequest: row.asksForUsage)
            return (body, .passing(row.dialect, removesUsageChunk: removesUsageChunk), [], [])
        }
        let target = ChatTarget(vendor: candidate.provider.vendor, model: model, entry: candidate.entry)
        let translation = Translation(from: inquiry.dialect, to: row.dialect)
        let request = try translation.request(inquiry.body, for: target, restoring: restore)
        return (request.body, .translated(translation.reading(request)), request.headers, request.dropped)
    }
}
