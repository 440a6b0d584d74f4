/// A company account at a vendor, or a server of one's own: where requests go and with which credential.
///
/// An immutable object rather than a value: plans hand it on by the dozen, and a value would be a dozen retains a time.
public final class Provider: Sendable {
    /// `prov_…`
    public let id: Identifier
    /// A slug, unique in the organization; the first part of `provider/model`.
    public let name: String
    /// What kind of provider it is.
    public let vendor: Vendor
    /// The address as the vendor's own SDK takes it; nil means the vendor's public one.
    public let baseURL: String?
    /// The region, where the vendor has regions.
    public let region: String?
    /// Azure's dated API version; nil means the undated v1 form.
    public let apiVersion: String?
    /// Azure: model name → deployment name. A model that is not listed is its own deployment.
    public let deployments: [String: String]
    /// Models that the operator listed for it; a bare name resolves to the one provider that lists it.
    public let models: [String]
    /// Whether the vendor's id as provider name means this one.
    public let isDefault: Bool
    /// The credential, unsealed; nil when the provider needs none.
    public let credential: Secret?
    /// Where it was configured: providers from the environment are read-only.
    public let source: Source

    /// Where a provider was configured.
    public enum Source: String, Sendable {
        /// By the management API.
        case stored
        /// By an environment variable.
        case environment
        /// It is part of the program (the sandbox).
        case builtIn = "built_in"
    }

    /// Makes a provider.
    public init(
        id: Identifier, name: String, vendor: Vendor, baseURL: String? = nil, region: String? = nil,
        apiVersion: String? = nil, deployments: [String: String] = [:], models: [String] = [], isDefault: Bool = false,
        credential: Secret? = nil, source: Source = .stored
    ) {
        self.id = id
        self.name = name
        self.vendor = vendor
        self.baseURL = baseURL
        self.region = region
        self.apiVersion = apiVersion
        self.deployments = deployments
        self.models = models
        self.isDefault = isDefault
        self.credential = credential
        self.source = source
    }

    /// The provider that is always there: the built-in models for evaluation without a network.
    public static let sandbox = Provider(
        id: Identifier("prov_sandboxsandboxsandbo"), name: "sandbox", vendor: .sandbox,
        models: ["echo", "lorem", "slow", "flaky", "tools", "embed"], isDefault: true, source: .builtIn)
}
