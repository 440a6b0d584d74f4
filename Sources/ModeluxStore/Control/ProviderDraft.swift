public import ModeluxCore

/// What a provider shall be: the members that an operator can set.
public struct ProviderDraft: Sendable {
    /// The kind of provider; fixed once it is made.
    public var vendor: Vendor
    /// The first part of `provider/model`: a slug, unique in the organization.
    public var name: String
    /// The credential; nil keeps the one that is stored, if one is.
    public var apiKey: Secret?
    /// The address as the vendor's own SDK takes it; nil means the vendor's public one.
    public var baseURL: String?
    /// The region, where the vendor has regions.
    public var region: String?
    /// Azure's dated API version.
    public var apiVersion: String?
    /// Azure: model name → deployment name.
    public var deployments: [String: String]
    /// Models that a bare name may mean.
    public var models: [String]
    /// Whether the vendor's id as provider name means this one.
    public var isDefault: Bool

    /// Makes a draft; without a name the vendor's id is the name.
    public init(
        vendor: Vendor, name: String? = nil, apiKey: Secret? = nil, baseURL: String? = nil, region: String? = nil,
        apiVersion: String? = nil, deployments: [String: String] = [:], models: [String] = [], isDefault: Bool = false
    ) {
        self.vendor = vendor
        self.name = name ?? vendor.rawValue
        self.apiKey = apiKey
        self.baseURL = baseURL
        self.region = region
        self.apiVersion = apiVersion
        self.deployments = deployments
        self.models = models
        self.isDefault = isDefault
    }

    /// Normalizes the address and checks everything.
    /// - Parameter hasCredential: Whether a credential is stored already.
    /// - Throws: `Refusal` that names every member at fault.
    mutating func validate(hasCredential: Bool) throws {
        let checked = baseURL.map(BaseURL.check)
        try Validation.check { check in
            check.slug(name, at: "name")
            let other = Vendor(rawValue: name)
            check.require(
                other == nil || other == vendor, "name", "\"\(name)\" is the id of another vendor: choose another name")
            check.require(!name.hasPrefix("prov_"), "name", "must not look like an id")
            check.require(
                name != Provider.sandbox.name, "name", "the provider \"sandbox\" is part of the program")
            if let problem = checked?.problem { check.require(false, "base_url", problem) }
            if baseURL == nil {
                check.require(
                    vendor != .openaiCompatible && vendor != .azure, "base_url", "is needed for \(vendor.rawValue)")
            }
            let needsKey = vendor != .openaiCompatible && vendor != .sandbox
            check.require(apiKey != nil || hasCredential || !needsKey, "api_key", "is needed for \(vendor.rawValue)")
            if let clear = apiKey?.reveal() {
                check.require(
                    (1...8192).contains(clear.utf8.count) && clear.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F },
                    "api_key",
                    "must have 1 to 8192 visible ASCII characters")
            }
            check.texts(models, at: "models")
            check.texts(Array(deployments.keys) + deployments.values, at: "deployments")
            check.texts([region, apiVersion].compactMap { $0 }, at: "region, api_version")
        }
        baseURL = checked?.url
    }
}

/// A provider as the management API shows it: everything but its secret.
public struct StoredProvider: Sendable {
    /// What the gateway knows of it, without the credential.
    public let provider: Provider
    /// The last four characters of the credential with a mark before them; nil when it has none.
    public let credentialDisplay: String?
    /// When it was made; nil for providers that are not stored.
    public let createdAt: Timestamp?
    /// When it was changed last; nil for providers that are not stored.
    public let updatedAt: Timestamp?
}
