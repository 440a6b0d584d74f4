import ModeluxCore
import ModeluxHTTP
import ModeluxWire
import Synchronization

/// Where each model of each provider is called, worked out once: reading a URL costs a hundred times a look-up.
final class AddressBook: Sendable {
    private let pages = Mutex<[Key: (provider: Provider, address: Address)]>([:])

    /// At most this many addresses are kept; then the book starts anew. Model names come from callers.
    private static let maximumCount = 4096

    /// Where a model is called, and how. An object: whoever looks it up gets one reference, not one for each text.
    final class Address: Sendable {
        let origin: Origin
        let target: String
        /// Host and port as they are signed and sent.
        let authority: String
        /// The model's name in the body.
        let model: String
        let row: VendorRow

        init(origin: Origin, target: String, authority: String, model: String, row: VendorRow) {
            self.origin = origin
            self.target = target
            self.authority = authority
            self.model = model
            self.row = row
        }
    }

    private struct Key: Hashable {
        let provider: Identifier
        let model: String
        let endpoint: VendorRow.Endpoint
    }

    /// The address of a candidate. `credential` is the caller's own, if it brought one: that may name a region.
    /// - Throws: `Failure` of kind `unsupportedParameter` when its vendor has no such endpoint, `providerError` when
    ///   its address is none.
    func address(
        of candidate: Plan.Candidate, _ row: VendorRow, endpoint: VendorRow.Endpoint, credential: Secret?
    ) throws(Failure) -> Address {
        let provider = candidate.provider
        guard credential == nil || row.dialect != .bedrock else {
            return try make(candidate, row, endpoint, credential)
        }
        let key = Key(provider: provider.id, model: candidate.model, endpoint: endpoint)
        // A changed provider is another object under the same id: its old address no longer counts.
        if let page = pages.withLock({ $0[key] }), page.provider === provider { return page.address }
        let address = try make(candidate, row, endpoint, nil)
        pages.withLock { pages in
            if pages.count >= AddressBook.maximumCount { pages.removeAll(keepingCapacity: true) }
            pages[key] = (provider, address)
        }
        return address
    }

    private func make(
        _ candidate: Plan.Candidate, _ row: VendorRow, _ endpoint: VendorRow.Endpoint, _ credential: Secret?
    ) throws(Failure) -> Address {
        let url = try row.url(
            of: candidate.provider, model: candidate.model, endpoint: endpoint, credential: credential)
        return Address(
            origin: Origin(isSecure: url.isSecure, host: url.host, port: url.port), target: url.target,
            authority: url.authority, model: row.upstreamModel(candidate.provider, model: candidate.model), row: row)
    }
}
