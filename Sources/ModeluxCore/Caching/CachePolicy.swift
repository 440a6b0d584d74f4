/// When a config's answers are kept and given again.
public struct CachePolicy: Sendable, Hashable {
    /// How entries are found.
    public var mode: Mode
    /// How long an answer is good.
    public var lifetime: Duration
    /// How alike two requests must be in semantic mode, 0 … 1.
    public var threshold: Double
    /// Whether requests that ask for a temperature above 0 are answered from it.
    public var allowsTemperature: Bool
    /// Whether requests that offer tools are answered from it.
    public var allowsTools: Bool
    /// Who shares entries.
    public var scope: Scope

    /// How entries are found.
    public enum Mode: String, Sendable, CaseIterable {
        /// By the same request.
        case exact
        /// By a request that means the same.
        case semantic
    }

    /// Who shares entries.
    public enum Scope: String, Sendable, CaseIterable {
        case project
        case key
        case endUser = "end_user"
    }

    /// Makes a policy with the defaults.
    public init(
        mode: Mode = .exact, lifetime: Duration = .seconds(3600), threshold: Double = 0.95,
        allowsTemperature: Bool = false, allowsTools: Bool = false, scope: Scope = .project
    ) {
        self.mode = mode
        self.lifetime = lifetime
        self.threshold = threshold
        self.allowsTemperature = allowsTemperature
        self.allowsTools = allowsTools
        self.scope = scope
    }

    /// Why a request is not answered from the cache; nil when it may be. Choices that are made anew for every request
    /// (a temperature, tools) are left out unless the config allows them.
    public func objection(to request: JSONTree) -> String? {
        if !allowsTemperature, let temperature = request["temperature"]?.doubleValue, temperature > 0 {
            return "it asks for a temperature"
        }
        let tools = ["tools", "functions"].compactMap { request[$0]?.arrayValue }
        if !allowsTools, tools.contains(where: { !$0.isEmpty }) { return "it offers tools" }
        if let choices = request["n"]?.integerValue, choices > 1 { return "it asks for several answers" }
        return nil
    }
}
