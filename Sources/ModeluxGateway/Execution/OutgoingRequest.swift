import ModeluxCore
import ModeluxHTTP
import ModeluxWire
import NIOCore

/// A call as it leaves the gateway: patched body, forwarded headers, the provider's credential.
enum OutgoingRequest {
    /// To the built-in models.
    case sandbox(SandboxModel)
    /// To a provider over the network, and whether usage was asked for on our account: then the extra chunk of a stream
    /// must not reach the caller.
    case upstream(UpstreamRequest, removesUsageChunk: Bool)

    /// Makes the call for a candidate.
    /// - Throws: `Failure` of kind `unknownModel` or `unsupportedParameter` when the candidate cannot be called so.
    init(
        _ inquiry: Inquiry, to candidate: Plan.Candidate, from received: HeaderBlock, by addresses: AddressBook
    ) throws(Failure) {
        guard candidate.provider.vendor != .sandbox else {
            guard let model = SandboxModel(rawValue: candidate.model) else {
                throw Failure(
                    .unknownModel,
                    "the sandbox has no model \"\(candidate.model)\": it has "
                        + SandboxModel.allCases.map(\.rawValue).joined(separator: ", "), parameter: "model")
            }
            // Everywhere else the provider judges a request without a prompt.
            try inquiry.members.requirePrompt()
            self = .sandbox(model)
            return
        }
        let address = try addresses.address(of: candidate, endpoint: inquiry.members.endpoint)
        var headers = HeaderBlock()
        headers.appendAll(from: received) { OutgoingRequest.isForwarded($0) }
        headers.add("accept-encoding", "identity")
        for header in address.row.headers { headers.set(header.name, header.value) }
        if let credential = inquiry.providerKey ?? candidate.provider.credential {
            headers.add(address.row.credential.name, address.row.credential.value(credential))
        }
        let asksForUsage = address.row.asksForUsage
        self = .upstream(
            UpstreamRequest(
                origin: address.origin, method: "POST", target: address.target, headers: headers,
                body: inquiry.members.upstreamBody(
                    inquiry.body, model: address.model, addsUsageRequest: asksForUsage)),
            removesUsageChunk: inquiry.members.removesUsageChunk(addsUsageRequest: asksForUsage))
    }

    /// Whether a header of the caller goes to the provider: all that the provider may define for itself do; those of
    /// the connection, of the gateway, of the caller's identity here and of its browser do not. By length first: most
    /// names then need one comparison or none.
    private static func isForwarded(_ name: Span<UInt8>) -> Bool {
        let isKeptBack =
            switch name.count {
            case 2: name.equalsIgnoringCase("te")
            case 3: name.equalsIgnoringCase("via")
            case 4: name.equalsIgnoringCase("host")
            case 6:
                name.equalsIgnoringCase("cookie") || name.equalsIgnoringCase("expect")
                    || name.equalsIgnoringCase("origin")
            case 7:
                name.equalsIgnoringCase("api-key") || name.equalsIgnoringCase("trailer")
                    || name.equalsIgnoringCase("upgrade") || name.equalsIgnoringCase("referer")
            case 9:
                name.equalsIgnoringCase("x-api-key") || name.equalsIgnoringCase("forwarded")
                    || name.equalsIgnoringCase("x-real-ip")
            case 10: name.equalsIgnoringCase("connection") || name.equalsIgnoringCase("keep-alive")
            case 13: name.equalsIgnoringCase("authorization")
            case 14:
                name.equalsIgnoringCase("content-length") || name.equalsIgnoringCase("x-goog-api-key")
                    || name.equalsIgnoringCase("openai-project")
            case 15: name.equalsIgnoringCase("accept-encoding")
            case 17: name.equalsIgnoringCase("transfer-encoding")
            case 19: name.equalsIgnoringCase("openai-organization")
            default: false
            }
        return !isKeptBack && !name.hasPrefixIgnoringCase("x-modelux-") && !name.hasPrefixIgnoringCase("x-forwarded-")
            && !name.hasPrefixIgnoringCase("proxy-") && !name.hasPrefixIgnoringCase("sec-")
    }
}
