public import ModeluxCore
import NIOCore

/// The `usage` object of Anthropic's answers, turned into disjoint buckets. In a stream it comes several times and
/// counts from the beginning each time: what is merged later replaces what was there, member by member.
public struct AnthropicUsage: Sendable {
    private var input: Int64?
    private var output: Int64?
    private var cacheRead: Int64?
    private var cacheWrite: Int64?
    private var cacheWrite5m: Int64?
    private var cacheWrite1h: Int64?
    private var thinking: Int64?
    private var searches: Int64?
    private var iterations: [Iteration] = []
    private var isInvalid = false

    /// The service tier that was used, if it was named.
    public private(set) var serviceTier: String?

    /// No count of a real answer is larger; what is larger is an error of the server.
    private static let largestCount: Int64 = 1_000_000_000_000

    /// One run of a model within the call.
    private struct Iteration: Sendable {
        var type: String?
        var model: String?
        var usage: Usage?
    }

    /// Makes a usage of which nothing is known yet.
    public init() {}

    /// The buckets of a `usage` object; nil when it reports nothing or something that cannot be true.
    public static func read(_ value: JSONValue) -> Usage? {
        var usage = AnthropicUsage()
        usage.merge(value)
        return usage.usage
    }

    /// Merges a `usage` object of a later event.
    public mutating func merge(_ value: JSONValue) {
        guard value.members != nil else { return }
        // One reader for both: a usage comes once or twice in an answer.
        var copy = self
        let isRead = value.buffer.withView { bytes in
            var scanner = JSONScanner(bytes)
            return (try? copy.merge(&scanner)) != nil
        }
        if isRead { self = copy }
    }

    /// The disjoint buckets of the answer's own model, passes that summarised the conversation included: the top level
    /// leaves those out. Nil when nothing was reported, or something that cannot be true.
    public var usage: Usage? {
        guard input != nil || output != nil, !isInvalid else { return nil }
        var usage = ownUsage
        for iteration in iterations where iteration.type == "compaction" {
            guard let more = iteration.usage else { return nil }
            usage = usage + more
        }
        return usage
    }

    /// Calls of other models within this one (the advisor tool), which the top level leaves out.
    public var sideUsage: [SideUsage] {
        iterations.compactMap { iteration in
            guard let type = iteration.type, type != "compaction", type != "message", let usage = iteration.usage else {
                return nil
            }
            return SideUsage(model: iteration.model ?? "", usage: usage)
        }
    }

    private var ownUsage: Usage {
        let written = cacheWrite ?? 0
        let written1h = cacheWrite1h ?? 0
        return Usage(
            input: input ?? 0, cachedInput: cacheRead ?? 0,
            cacheWrite5m: written >= written1h ? written - written1h : cacheWrite5m ?? 0, cacheWrite1h: written1h,
            output: output ?? 0, reasoning: thinking ?? 0, requests: searches ?? 0)
    }

    // MARK: Reading

    /// Merges the object that comes next.
    mutating func merge(_ scanner: inout JSONScanner) throws(JSONFault) {
        try scanner.beginObject()
        while let name = try scanner.nextName() {
            if scanner.matches(name, "iterations") {
                try readIterations(&scanner)
            } else {
                try readMember(name, &scanner)
            }
        }
    }

    private mutating func readMember(_ name: JSONScanner.Name, _ scanner: inout JSONScanner) throws(JSONFault) {
        if scanner.matches(name, "input_tokens") {
            input = try count(&scanner) ?? input
        } else if scanner.matches(name, "output_tokens") {
            output = try count(&scanner) ?? output
        } else if scanner.matches(name, "cache_read_input_tokens") {
            cacheRead = try count(&scanner) ?? cacheRead
        } else if scanner.matches(name, "cache_creation_input_tokens") {
            cacheWrite = try count(&scanner) ?? cacheWrite
        } else if scanner.matches(name, "cache_creation") || scanner.matches(name, "output_tokens_details")
            || scanner.matches(name, "server_tool_use")
        {
            try readDetails(&scanner)
        } else if scanner.matches(name, "service_tier") {
            let tier = scanner.string(try scanner.skipValue())
            if let tier, !tier.isEmpty { serviceTier = tier }
        } else {
            try scanner.skipValue()
        }
    }

    private mutating func readDetails(_ scanner: inout JSONScanner) throws(JSONFault) {
        guard scanner.peek() == UInt8(ascii: "{") else {
            try scanner.skipValue()
            return
        }
        try scanner.beginObject()
        while let name = try scanner.nextName() {
            if scanner.matches(name, "ephemeral_5m_input_tokens") {
                cacheWrite5m = try count(&scanner) ?? cacheWrite5m
            } else if scanner.matches(name, "ephemeral_1h_input_tokens") {
                cacheWrite1h = try count(&scanner) ?? cacheWrite1h
            } else if scanner.matches(name, "thinking_tokens") || scanner.matches(name, "reasoning_tokens") {
                thinking = try count(&scanner) ?? thinking
            } else if scanner.matches(name, "web_search_requests") {
                searches = try count(&scanner) ?? searches
            } else {
                try scanner.skipValue()
            }
        }
    }

    /// Reads the runs; a later list replaces an earlier one.
    private mutating func readIterations(_ scanner: inout JSONScanner) throws(JSONFault) {
        guard scanner.peek() == UInt8(ascii: "[") else {
            try scanner.skipValue()
            return
        }
        var found: [Iteration] = []
        try scanner.beginArray()
        while try scanner.nextElement() {
            guard scanner.peek() == UInt8(ascii: "{") else {
                try scanner.skipValue()
                continue
            }
            var iteration = Iteration()
            var counts = AnthropicUsage()
            try scanner.beginObject()
            while let name = try scanner.nextName() {
                if scanner.matches(name, "type") {
                    iteration.type = scanner.string(try scanner.skipValue())
                } else if scanner.matches(name, "model") {
                    iteration.model = scanner.string(try scanner.skipValue())
                } else {
                    try counts.readMember(name, &scanner)
                }
            }
            iteration.usage = counts.isInvalid ? nil : counts.ownUsage
            found.append(iteration)
        }
        iterations = found
    }

    /// The count that comes next; nil when it says nothing new.
    private mutating func count(_ scanner: inout JSONScanner) throws(JSONFault) -> Int64? {
        let value = try scanner.skipValue()
        if value.kind == .null { return nil }
        guard value.kind == .number, let count = JSONString.integer(scanner.bytes, value.range),
            (0...AnthropicUsage.largestCount).contains(count)
        else {
            isInvalid = true
            return nil
        }
        return count
    }
}
