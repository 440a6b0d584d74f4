public import ModeluxCore

/// What sets one vendor of the OpenAI dialect apart from the others: one row each.
///
///     guard let row = VendorRow(provider.vendor) else { … 400: not in this dialect … }
///     let url = try row.endpointURL(provider, model: candidate.model, endpoint: .chat)
///     let model = row.upstreamModel(provider, model: candidate.model)
///     if let secret = provider.credential { headers[row.credential.name] = row.credential.value(secret) }
///     for (name, value) in row.headers { headers[name] = value }
public struct VendorRow: Sendable {
    /// Where requests go when the provider names no address; nil when it must name one.
    public let defaultBaseURL: String?
    /// How the credential is sent.
    public let credential: Credential
    /// Whether streams ask for their usage (`stream_options.include_usage`).
    public let asksForUsage: Bool
    /// Headers that every request to the vendor carries, besides those of HTTP and the credential.
    public let headers: [(name: String, value: String)]
    /// How an endpoint's address is made.
    private let addressing: Addressing

    /// A header that carries a credential.
    public enum Credential: Sendable, Hashable {
        /// `authorization: Bearer …`
        case bearer
        /// The bare credential in a header of this lower-case name.
        case header(String)

        /// The header's lower-case name.
        public var name: String {
            switch self {
            case .bearer: "authorization"
            case .header(let name): name
            }
        }

        /// The header's value. It holds the clear credential: hand it to the upstream call and to nothing else.
        public func value(_ secret: Secret) -> String {
            switch self {
            case .bearer: "Bearer " + secret.reveal()
            case .header: secret.reveal()
            }
        }
    }

    private enum Addressing {
        /// The base address ends with the version path; the endpoint's path follows.
        case path
        /// Azure: the base address is the resource's root.
        case azure
    }

    /// The row of a vendor; nil when it does not speak this dialect (its own is needed, or it is built in).
    public init?(_ vendor: Vendor) {
        switch vendor {
        case .openai: self.init("https://api.openai.com/v1")
        case .groq: self.init("https://api.groq.com/openai/v1")
        case .fireworks: self.init("https://api.fireworks.ai/inference/v1")
        case .openaiCompatible: self.init(nil)
        case .azure: self.init(nil, credential: .header("api-key"), addressing: .azure)
        case .anthropic, .google, .bedrock, .sandbox: return nil
        }
    }

    private init(
        _ defaultBaseURL: String?, credential: Credential = .bearer, asksForUsage: Bool = true,
        headers: [(name: String, value: String)] = [], addressing: Addressing = .path
    ) {
        self.defaultBaseURL = defaultBaseURL
        self.credential = credential
        self.asksForUsage = asksForUsage
        self.headers = headers
        self.addressing = addressing
    }

    /// The name that the body's `model` gets for a model of the catalogue: at Azure the deployment's.
    public func upstreamModel(_ provider: Provider, model: String) -> String {
        switch addressing {
        case .path: model
        case .azure: provider.deployments[model] ?? model
        }
    }

    /// Where a request goes.
    /// - Throws: `Failure` of kind `providerError` when the provider's address is missing or is no `http:` or `https:`
    ///   address; the message names the provider.
    public func endpointURL(
        _ provider: Provider, model: String, endpoint: OpenAIRequestHead.Endpoint
    ) throws(Failure) -> EndpointURL {
        guard let base = provider.baseURL ?? defaultBaseURL, let url = EndpointURL(base) else {
            throw Failure(
                .providerError,
                "provider \"\(provider.name)\" has no valid base_url: set it to an http: or https: address")
        }
        switch addressing {
        case .path: return url.appending("/" + endpoint.rawValue)
        case .azure:
            let root = url.droppingPath("/openai/v1").droppingPath("/openai")
            guard let version = provider.apiVersion, !version.isEmpty else {
                return root.appending("/openai/v1/" + endpoint.rawValue)
            }
            let deployment = EndpointURL.percentEncoded(upstreamModel(provider, model: model))
            return root.appending("/openai/deployments/\(deployment)/\(endpoint.rawValue)")
                .adding(query: "api-version=" + EndpointURL.percentEncoded(version))
        }
    }
}
