import ModeluxCore
import ModeluxHTTP
import ModeluxWire
import Synchronization

/// Where each model of each provider is called, worked out once: reading a URL costs a hundred times a look-up.
final class AddressBook: Sendable {
    private let pages = Mutex<[Key: (provider: Provider, address: Address)]>([:])

    /// At most this many addresses are kept; then the book starts anew. Model names come from callers.
    private static let maximumCount = 4096

    /// Where a model is called, and how.
    struct Address: Sendable {
        let origin: Origin
        let target: String
        /// The model's name in the body.
        let model: String
        let row: VendorRow
    }

    private struct Key: Hashable {
        let provider: Identifier
        let model: String
        let endpoint: InquiryHead.Endpoint
    }

    /// The address of a candidate.
    /// - Throws: `Failure` of kind `unsupportedParameter` when its vendor speaks another dialect, `providerError` when
    ///   its address is none.
    func address(
        of candidate: Plan.Candidate, endpoint: InquiryHead.Endpoint
    ) throws(Failure) -> Address {
        let provider = candidate.provider
        let key = Key(provider: provider.id, model: candidate.model, endpoint: endpoint)
        // A changed provider is another object under the same id: its old address no longer counts.
        if let page = pages.withLock({ $0[key] }), page.provider === provider { return page.address }
        guard let row = VendorRow(provider.vendor) else {
            throw Failure(
                .unsupportedParameter,
                "provider \"\(provider.name)\" (\(provider.vendor.rawValue)) does not speak the OpenAI dialect: name a "
                    + "model of another provider", parameter: "model")
        }
        let url = try row.endpointURL(provider, model: candidate.model, endpoint: endpoint)
        let address = Address(
            origin: Origin(isSecure: url.isSecure, host: url.host, port: url.port), target: url.target,
            model: row.upstreamModel(provider, model: candidate.model), row: row)
        pages.withLock { pages in
            if pages.count >= AddressBook.maximumCount { pages.removeAll(keepingCapacity: true) }
            pages[key] = (provider, address)
        }
        return address
    }
}
