public import ModeluxCore

/// `usageMetadata` of Google's answers, turned into disjoint buckets.
///
/// The prompt's count includes what came from a cache but not what tools of Google's read; the candidates' count does
/// not include thoughts. In a stream it is cumulative: the last one counts.
public enum GeminiUsage {
    /// No count of a real answer is larger; what is larger is an error of the server.
    private static let largestCount: Int64 = 1_000_000_000_000

    /// Reads the object; nil when it counts nothing or something that cannot be true.
    public static func read(_ value: JSONValue) -> Usage? {
        guard value["promptTokenCount"] != nil || value["totalTokenCount"] != nil,
            let prompt = count(value["promptTokenCount"]), let candidates = count(value["candidatesTokenCount"]),
            let cached = count(value["cachedContentTokenCount"]), let thoughts = count(value["thoughtsTokenCount"]),
            let tools = count(value["toolUsePromptTokenCount"]), cached <= prompt
        else { return nil }
        var usage = Usage(
            input: prompt - cached + tools, cachedInput: cached, output: candidates + thoughts, reasoning: thoughts)
        let audio = max(0, audioCount(value["promptTokensDetails"]) - audioCount(value["cacheTokensDetails"]))
        usage.audioInput = min(audio, usage.input)
        usage.input -= usage.audioInput
        usage.audioOutput = min(audioCount(value["candidatesTokensDetails"]), candidates)
        usage.output -= usage.audioOutput
        return usage
    }

    /// The tier that was used, in the words of the API that was called.
    static func serviceTier(_ value: JSONValue) -> String? {
        if let tier = value["serviceTier"]?.string, !tier.isEmpty { return tier.lowercased() }
        switch value["trafficType"]?.string {
        case "ON_DEMAND_FLEX": return "flex"
        case "ON_DEMAND_PRIORITY": return "priority"
        default: return nil
        }
    }

    /// A count; 0 when it is absent, nil when it cannot be one.
    private static func count(_ value: JSONValue?) -> Int64? {
        switch value {
        case nil, .null?: 0
        case .number(let text)?: Int64(text).flatMap { (0...largestCount).contains($0) ? $0 : nil }
        default: nil
        }
    }

    private static func audioCount(_ details: JSONValue?) -> Int64 {
        for detail in details?.elements ?? [] where detail["modality"]?.string == "AUDIO" {
            return count(detail["tokenCount"]) ?? 0
        }
        return 0
    }
}
