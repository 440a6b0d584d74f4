import ModeluxCore

/// What a model takes in OpenAI's chat shape, as far as it differs by vendor and by model. By the catalogue where it
/// knows the model, else by its name: OpenAI's reasoning models refuse what its others take.
struct OpenAIModelTraits {
    let vendor: Vendor
    private let target: ChatTarget
    /// The model's name without what stands before its last slash and after a colon, lower case.
    private let name: String
    /// The version of a GPT model: `gpt-5.4-mini` is 5.4.
    private let version: (major: Int, minor: Int)?

    init(_ target: ChatTarget) {
        self.target = target
        vendor = target.vendor
        // A deployment of Azure's may have any name: what the catalogue calls the model counts.
        let full = target.entry?.name ?? target.model
        let last = full.split(separator: "/").last.map(String.init) ?? full
        var name = last.lowercased()
        // Bedrock's and Azure's names for them: `openai.gpt-5.4`.
        if let range = name.firstRange(of: "openai.") { name = String(name[range.upperBound...]) }
        self.name = name
        version = OpenAIModelTraits.version(of: name)
    }

    /// OpenAI itself or its models at Azure.
    var isOpenAI: Bool { vendor == .openai || vendor == .azure }

    /// Whether it is one of OpenAI's own model families, wherever it runs.
    var isOpenAIFamily: Bool {
        version != nil || isOSeries || name.hasPrefix("chatgpt-") || name.hasPrefix("gpt-")
    }

    /// Whether it is one of OpenAI's reasoning models, which refuse `max_tokens`, `stop` and sampling.
    var isOpenAIReasoning: Bool {
        if isOSeries { return true }
        guard let version, version.major >= 5 else { return false }
        return !name.contains("chat")
    }

    /// Whether a wish to think can be expressed at all.
    var takesEffort: Bool {
        if isOpenAIFamily, !name.hasPrefix("gpt-oss") { return isOpenAIReasoning }
        return target.entry == nil || target.can("reasoning")
    }

    /// Whether temperature, `top_p`, penalties, biases and log probabilities are refused at an effort.
    func rejectsSampling(effort: String?) -> Bool {
        if target.rejects("sampling_params") { return true }
        guard isOpenAIReasoning else { return false }
        if effort == "none" { return false }
        // From 5.1 to 5.4 the default effort is none, at which sampling is allowed.
        guard effort == nil, !target.rejects("effort_none"), let version, version.major == 5 else { return true }
        return !(1...4).contains(version.minor)
    }

    /// Whether `stop` is refused.
    var rejectsStop: Bool { isOpenAIReasoning }

    /// Whether `parallel_tool_calls` is refused.
    var rejectsParallelCalls: Bool { isOSeries }

    /// Whether function tools and an effort are refused together.
    var rejectsEffortWithTools: Bool { name.hasPrefix("gpt-5.4-mini") || name.hasPrefix("gpt-5.4-nano") }

    /// Whether messages of the system are refused.
    var rejectsSystem: Bool { name.hasPrefix("o1-mini") || name.hasPrefix("o1-preview") }

    /// Whether parts may be marked for the prompt cache; elsewhere at OpenAI it works by itself.
    var takesCacheMarks: Bool {
        guard isOpenAI, let version else { return false }
        return version.major > 5 || (version.major == 5 && version.minor >= 6)
    }

    /// The name of the limit of output tokens.
    var outputLimitName: String {
        switch vendor {
        case .openai, .groq: "max_completion_tokens"
        default: isOpenAIReasoning ? "max_completion_tokens" : "max_tokens"
        }
    }

    /// The effort that the model knows and that is nearest to the one wished; nil when it cannot be switched off.
    func effort(nearest wish: String) -> String? {
        let known = efforts
        if known.contains(wish) { return wish }
        let order = ["none", "minimal", "low", "medium", "high", "xhigh", "max"]
        guard let place = order.firstIndex(of: wish) else { return wish }
        if wish == "none" { return nil }
        let below = order[..<place].last { $0 != "none" && known.contains($0) }
        return below ?? order[place...].first { known.contains($0) }
    }

    /// The efforts that the model knows.
    private var efforts: [String] {
        if vendor == .groq, name.hasPrefix("qwen") { return ["none", "default"] }
        if name.hasPrefix("gpt-oss") || isOSeries { return ["low", "medium", "high"] }
        guard let version, version.major >= 5 else {
            // An engine of another family: what most of them know.
            return ["none", "low", "medium", "high"]
        }
        var known = ["low", "medium", "high"]
        if version.major == 5, version.minor == 0 { known.append("minimal") }
        if !target.rejects("effort_none"), version.major > 5 || version.minor >= 1 { known.append("none") }
        if version.major > 5 || version.minor >= 2 { known.append("xhigh") }
        if version.major > 5 { known.append("max") }
        return known
    }

    private var isOSeries: Bool {
        let bytes = Array(name.utf8.prefix(3))
        guard bytes.count >= 2, bytes[0] == UInt8(ascii: "o"), (49...57).contains(bytes[1]) else { return false }
        return bytes.count == 2 || bytes[2] == UInt8(ascii: "-")
    }

    private static func version(of name: String) -> (major: Int, minor: Int)? {
        guard name.hasPrefix("gpt-") else { return nil }
        let number = name.dropFirst(4).prefix { $0.isASCII && ($0.isNumber || $0 == ".") }.split(separator: ".")
        guard let first = number.first, let major = Int(first) else { return nil }
        return (major, number.count > 1 ? Int(number[1]) ?? 0 : 0)
    }
}
