public import ModeluxCore

/// `usage` of Converse, turned into disjoint buckets, as which it comes: tokens read from and written to a cache are
/// not part of the input. Written tokens are split by their lifetime in `cacheDetails`.
public enum BedrockUsage {
    /// No count of a real answer is larger; what is larger is an error of the server.
    private static let largestCount: Int64 = 1_000_000_000_000

    /// Reads the object; nil when it counts nothing or something that cannot be true.
    public static func read(_ value: JSONValue) -> Usage? {
        guard value["inputTokens"] != nil || value["outputTokens"] != nil,
            let input = count(value["inputTokens"]), let output = count(value["outputTokens"]),
            let read = count(value["cacheReadInputTokens"] ?? value["cacheReadInputTokenCount"]),
            let written = count(value["cacheWriteInputTokens"] ?? value["cacheWriteInputTokenCount"])
        else { return nil }
        var oneHour: Int64 = 0
        for detail in value["cacheDetails"]?.elements ?? [] where detail["ttl"]?.string == "1h" {
            guard let count = count(detail["inputTokens"]) else { return nil }
            oneHour += count
            guard oneHour <= written else { return nil }
        }
        return Usage(
            input: input, cachedInput: read, cacheWrite5m: written - oneHour, cacheWrite1h: oneHour, output: output)
    }

    /// A count; 0 when it is absent, nil when it cannot be one.
    private static func count(_ value: JSONValue?) -> Int64? {
        switch value {
        case nil, .null?: 0
        case .number(let text)?: Int64(text).flatMap { (0...largestCount).contains($0) ? $0 : nil }
        default: nil
        }
    }
}
