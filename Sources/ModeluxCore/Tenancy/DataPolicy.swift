/// Where a project's data may go. A target outside it is never called, not even as a fallback.
public struct DataPolicy: Sendable, Hashable {
    /// Regions of providers that may be used; empty means all. Compared without case.
    public var allowedRegions: [String]
    /// What is asked of providers about training.
    public var training: Training

    /// What is asked of providers about training on what they are sent.
    public enum Training: String, Sendable, CaseIterable {
        /// Only providers that do not train are used.
        case require
        /// They are told not to, where they can be told.
        case prefer
        /// Nothing is asked.
        case off
    }

    /// Makes a policy; the default allows everything.
    public init(allowedRegions: [String] = [], training: Training = .off) {
        self.allowedRegions = allowedRegions
        self.training = training
    }

    /// Whether it restricts nothing.
    public var allowsAll: Bool { allowedRegions.isEmpty && training != .require }

    /// Why a provider is outside the policy; nil when it is inside. What is built in sends nothing anywhere.
    public func objection(to provider: Provider) -> String? {
        guard provider.source != .builtIn else { return nil }
        if !allowedRegions.isEmpty {
            guard let region = provider.region else { return "data policy: the provider's region is not known" }
            guard allowedRegions.contains(where: { $0.lowercased() == region.lowercased() }) else {
                return "data policy: region \(region) is not allowed"
            }
        }
        if training == .require, !provider.vendor.keepsFromTraining {
            return "data policy: \(provider.vendor.rawValue) does not promise not to train"
        }
        return nil
    }
}

extension Vendor {
    /// Whether the vendor's terms say that what its API is sent trains nothing: the capability table of data policies.
    /// Gemini's API trains in its unpaid tier, and of a compatible server nothing is known.
    public var keepsFromTraining: Bool {
        switch self {
        case .openai, .anthropic, .azure, .bedrock, .groq, .fireworks, .sandbox: true
        case .google, .openaiCompatible: false
        }
    }

    /// Whether requests can say `store: false`, so that the vendor keeps no copy for itself.
    public var takesStoreFlag: Bool {
        switch self {
        case .openai, .azure: true
        case .anthropic, .google, .bedrock, .groq, .fireworks, .openaiCompatible, .sandbox: false
        }
    }
}
