/// A kind of provider: decides the dialect, the credential's form and the default address.
public enum Vendor: String, Sendable, Hashable, CaseIterable, Codable {
    case openai
    case anthropic
    case google
    case azure
    case bedrock
    case groq
    case fireworks
    case openaiCompatible = "openai_compatible"
    case sandbox

    /// The name under which the catalogue lists the vendor's models; several vendors are looked up under more than one.
    public var catalogueNames: [String] {
        switch self {
        case .google: ["gemini"]
        case .azure: ["azure", "azure_ai"]
        case .bedrock: ["bedrock", "bedrock_mantle"]
        case .fireworks: ["fireworks_ai"]
        case .openaiCompatible: []
        default: [rawValue]
        }
    }
}
