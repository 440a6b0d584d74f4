/// What the catalogue knows of one model at one vendor. An immutable object, shared by all plans that name it.
public final class Model: Sendable {
    /// The name as the vendor's API takes it: `gpt-4o-mini`.
    public let name: String
    /// What it is for: `chat`, `embedding`, `image`, …
    public let mode: String
    /// The largest prompt in tokens, if known.
    public let contextTokens: Int64?
    /// The largest answer in tokens, if known.
    public let maximumOutputTokens: Int64?
    /// How good it is, coarsely; routing by cost picks within a tier.
    public let quality: QualityTier
    /// Features that it has: `tools`, `vision`, `json_schema`, `reasoning`, …
    public let capabilities: [String]
    /// Request features that it answers with 400: `sampling_params`, `prefill`, …
    public let rejects: [String]
    /// Its prices, ascending by date.
    public let prices: [Price]

    /// A coarse class of models.
    public enum QualityTier: String, Sendable, CaseIterable, Codable {
        case economy, standard, premium
    }

    /// Makes a model; prices may come in any order.
    public init(
        name: String, mode: String, contextTokens: Int64? = nil, maximumOutputTokens: Int64? = nil,
        quality: QualityTier = .standard, capabilities: [String] = [], rejects: [String] = [], prices: [Price] = []
    ) {
        self.name = name
        self.mode = mode
        self.contextTokens = contextTokens
        self.maximumOutputTokens = maximumOutputTokens
        self.quality = quality
        self.capabilities = capabilities
        self.rejects = rejects
        self.prices = prices.sorted { $0.effectiveFrom < $1.effectiveFrom }
    }

    /// The price in force at `moment`; before the first one, the first one.
    public func price(at moment: Timestamp) -> Price? {
        prices.last { $0.effectiveFrom <= moment } ?? prices.first
    }
}
