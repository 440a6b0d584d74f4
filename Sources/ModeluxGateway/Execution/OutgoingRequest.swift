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
    /// the connection, of the gateway, of the caller's identity here and of its browser do not.
    private static func isForwarded(_ name: Span<UInt8>) -> Bool {
        var first: UInt8 = 0
        if name.count > 0 { first = name[0] | 0x20 }
        for prefix in keptBackPrefixes where UInt8(prefix.utf8Start.pointee) == first {
            if matches(name, prefix, isPrefix: true) { return false }
        }
        for other in keptBack where UInt8(other.utf8Start.pointee) == first {
            if matches(name, other, isPrefix: false) { return false }
        }
        return true
    }

    private static let keptBackPrefixes: [StaticString] = ["x-modelux-", "x-forwarded-", "proxy-", "sec-", "cf-"]

    private static let keptBack: [StaticString] = [
        "host", "connection", "keep-alive", "content-length", "transfer-encoding", "te", "trailer", "upgrade", "expect",
        "authorization", "api-key", "x-api-key", "x-goog-api-key", "cookie", "accept-encoding", "forwarded", "via",
        "x-real-ip", "origin", "referer", "openai-organization", "openai-project",
    ]

    private static func matches(_ name: Span<UInt8>, _ pattern: StaticString, isPrefix: Bool) -> Bool {
        let count = pattern.utf8CodeUnitCount
        guard isPrefix ? name.count >= count : name.count == count else { return false }
        let expected = UnsafeBufferPointer(start: pattern.utf8Start, count: count)
        for index in 0..<count where name[index] | 0x20 != expected[index] | 0x20 { return false }
        return true
    }
}
