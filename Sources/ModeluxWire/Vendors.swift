public import ModeluxCore

/// What sets one vendor apart from the others: one row each.
///
///     guard let row = VendorRow(provider.vendor, model: candidate.model) else { … the sandbox … }
///     let url = try row.url(of: provider, model: candidate.model, endpoint: .chat(isStream: true))
///     let model = row.upstreamModel(provider, model: candidate.model)
///     switch row.authorization(secret, region: provider.region) { … a header, or a signature … }
///     for header in row.headers { … set … }
///     for header in row.defaultHeaders where the caller sent none of that name { … add … }
public struct VendorRow: Sendable {
    /// The JSON that it speaks.
    public let dialect: ChatDialect
    /// Where requests go when the provider names no address; nil when it must name one, or when a region makes it.
    public let defaultBaseURL: String?
    /// How a credential is sent that has no form of its own (`authorization` looks at the form first).
    public let credential: Credential
    /// Whether streams ask for their usage (`stream_options.include_usage`).
    public let asksForUsage: Bool
    /// Headers that every request to the vendor carries, besides those of HTTP and the credential.
    public let headers: [(name: String, value: String)]
    /// Headers that a request carries unless the caller sent one of the same name.
    public let defaultHeaders: [(name: String, value: String)]
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

    /// What is asked of a provider.
    public enum Endpoint: Sendable, Hashable {
        /// A conversation. A stream has an address of its own at some vendors.
        case chat(isStream: Bool)
        /// OpenAI's older text completions.
        case completions
        /// Vectors: of one text, or of several where the vendor has another endpoint for them.
        case embeddings(isBatch: Bool)
        /// How many tokens a conversation has.
        case countTokens
    }

    private enum Addressing {
        /// The base address ends with the version path; the endpoint's path follows.
        case path
        /// Azure: the base address is the resource's root.
        case azure
        /// Azure's Claude: the same root, Anthropic's paths.
        case azureAnthropic
        /// Anthropic: the base address is the root.
        case anthropic
        /// Google: the base address is the root, or ends with a version or with Vertex's publisher.
        case google
        /// Bedrock: the base address is the root; the model is in the path.
        case bedrock
    }

    /// The row of a vendor for a model as the catalogue names it, since Azure's Claude speaks another dialect than its
    /// other models; nil for the sandbox, which is built in.
    public init?(_ vendor: Vendor, model: String = "") {
        switch vendor {
        case .openai: self.init("https://api.openai.com/v1")
        case .groq: self.init("https://api.groq.com/openai/v1")
        case .fireworks: self.init("https://api.fireworks.ai/inference/v1")
        case .openaiCompatible: self.init(nil)
        case .azure where model.lowercased().hasPrefix("claude"):
            self.init(
                nil, .anthropic, credential: .header("x-api-key"), defaultHeaders: VendorRow.anthropicVersion,
                addressing: .azureAnthropic)
        case .azure: self.init(nil, credential: .header("api-key"), addressing: .azure)
        case .anthropic:
            self.init(
                "https://api.anthropic.com", .anthropic, credential: .header("x-api-key"),
                defaultHeaders: VendorRow.anthropicVersion, addressing: .anthropic)
        case .google:
            self.init(
                "https://generativelanguage.googleapis.com", .gemini, credential: .header("x-goog-api-key"),
                addressing: .google)
        case .bedrock: self.init(nil, .bedrock, addressing: .bedrock)
        case .sandbox: return nil
        }
    }

    private static let anthropicVersion = [(name: "anthropic-version", value: "2023-06-01")]

    private init(
        _ defaultBaseURL: String?, _ dialect: ChatDialect = .openai, credential: Credential = .bearer,
        headers: [(name: String, value: String)] = [], defaultHeaders: [(name: String, value: String)] = [],
        addressing: Addressing = .path
    ) {
        self.dialect = dialect
        self.defaultBaseURL = defaultBaseURL
        self.credential = credential
        self.asksForUsage = dialect == .openai
        self.headers = headers
        self.defaultHeaders = defaultHeaders
        self.addressing = addressing
    }

    /// The name that the body's `model` gets for a model of the catalogue: at Azure the deployment's.
    public func upstreamModel(_ provider: Provider, model: String) -> String {
        switch addressing {
        case .azure, .azureAnthropic: provider.deployments[model] ?? model
        default: model
        }
    }

    /// Where a request of the OpenAI dialect goes.
    /// - Throws: `Failure` of kind `unsupportedParameter` when the vendor speaks another dialect; as `url` otherwise.
    public func endpointURL(
        _ provider: Provider, model: String, endpoint: InquiryHead.Endpoint
    ) throws(Failure) -> EndpointURL {
        guard dialect == .openai else {
            throw Failure(
                .unsupportedParameter,
                "provider \"\(provider.name)\" (\(provider.vendor.rawValue)) does not speak the OpenAI dialect: name a "
                    + "model of another provider", parameter: "model")
        }
        switch endpoint {
        case .chat, .messages: return try url(of: provider, model: model, endpoint: .chat(isStream: false))
        case .countTokens: return try url(of: provider, model: model, endpoint: .countTokens)
        case .embeddings: return try url(of: provider, model: model, endpoint: .embeddings(isBatch: true))
        }
    }

    /// Where a request goes. `credential` is that of the call where it is not the provider's: Bedrock's may name a
    /// region.
    /// - Throws: `Failure` of kind `providerError` when the provider's address is missing or is no `http:` or `https:`
    ///   address, of kind `unsupportedParameter` when the vendor has no such endpoint; the message names the provider.
    public func url(
        of provider: Provider, model: String, endpoint: Endpoint, credential: Secret? = nil
    ) throws(Failure) -> EndpointURL {
        let given = provider.baseURL ?? defaultBaseURL ?? regionalBaseURL(provider, credential)
        guard let given, let base = EndpointURL(given) else {
            throw Failure(
                .providerError,
                "provider \"\(provider.name)\" has no valid base_url: set it to an http: or https: address")
        }
        let name = upstreamModel(provider, model: model)
        let url: EndpointURL? =
            switch addressing {
            case .path: openAIPath(endpoint).map { base.appending("/" + $0) }
            case .azure: azure(base, version: provider.apiVersion, deployment: name, endpoint: endpoint)
            case .azureAnthropic: anthropicPath(endpoint).map { azureRoot(base).appending("/anthropic" + $0) }
            case .anthropic: anthropicPath(endpoint).map { base.droppingPath("/v1").appending($0) }
            case .google: google(base, model: name, endpoint: endpoint)
            case .bedrock:
                bedrockAction(endpoint).map { base.appending("/model/\(EndpointURL.percentEncoded(name))/\($0)") }
            }
        guard let url else {
            throw Failure(
                .unsupportedParameter,
                "provider \"\(provider.name)\" (\(provider.vendor.rawValue)) has no such endpoint: name a model of "
                    + "another provider", parameter: "model")
        }
        return url
    }

    private func regionalBaseURL(_ provider: Provider, _ credential: Secret?) -> String? {
        guard addressing == .bedrock else { return nil }
        let region = BedrockCredential.region(of: credential ?? provider.credential, else: provider.region)
        let suffix = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        return BedrockCredential.isRegion(region) ? "https://bedrock-runtime.\(region).\(suffix)" : nil
    }

    private func openAIPath(_ endpoint: Endpoint) -> String? {
        switch endpoint {
        case .chat: "chat/completions"
        case .completions: "completions"
        case .embeddings: "embeddings"
        case .countTokens: nil
        }
    }

    private func anthropicPath(_ endpoint: Endpoint) -> String? {
        switch endpoint {
        case .chat: "/v1/messages"
        case .countTokens: "/v1/messages/count_tokens"
        case .completions, .embeddings: nil
        }
    }

    private func bedrockAction(_ endpoint: Endpoint) -> String? {
        switch endpoint {
        case .chat(let isStream): isStream ? "converse-stream" : "converse"
        case .embeddings: "invoke"
        case .countTokens: "count-tokens"
        case .completions: nil
        }
    }

    private func azureRoot(_ base: EndpointURL) -> EndpointURL {
        ["/openai/v1", "/openai", "/anthropic/v1", "/anthropic"].reduce(base) { $0.droppingPath($1) }
    }

    private func azure(
        _ base: EndpointURL, version: String?, deployment: String, endpoint: Endpoint
    ) -> EndpointURL? {
        guard let path = openAIPath(endpoint) else { return nil }
        guard let version, !version.isEmpty else { return azureRoot(base).appending("/openai/v1/" + path) }
        return azureRoot(base).appending("/openai/deployments/\(EndpointURL.percentEncoded(deployment))/\(path)")
            .adding(query: "api-version=" + EndpointURL.percentEncoded(version))
    }

    private func google(_ base: EndpointURL, model: String, endpoint: Endpoint) -> EndpointURL? {
        let action: String
        switch endpoint {
        case .chat(let isStream): action = isStream ? "streamGenerateContent" : "generateContent"
        case .embeddings(let isBatch): action = isBatch ? "batchEmbedContents" : "embedContent"
        case .countTokens: action = "countTokens"
        case .completions: return nil
        }
        let hasVersion =
            base.path.hasSuffix("/v1beta") || base.path.hasSuffix("/v1") || base.path.contains("/publishers/")
        let name = model.hasPrefix("models/") ? String(model.dropFirst(7)) : model
        let url = base.appending(
            (hasVersion ? "" : "/v1beta") + "/models/\(EndpointURL.percentEncoded(name)):\(action)")
        // Without it a stream is one long JSON array.
        return endpoint == .chat(isStream: true) ? url.adding(query: "alt=sse") : url
    }
}
