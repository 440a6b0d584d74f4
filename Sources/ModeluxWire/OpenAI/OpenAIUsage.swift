import ModeluxCore

/// The `usage` object of OpenAI-shaped answers (chat, completions, embeddings and responses), as the many servers of
/// that shape write it, turned into disjoint buckets.
struct OpenAIUsage {
    private var prompt: Count?
    private var input: Count?
    private var completion: Count?
    private var output: Count?
    private var total: Count?
    private var cacheHit = Count.nothing
    private var cached = Count.nothing
    private var reasoning = Count.nothing
    private var promptDetails: Details?
    private var inputDetails: Details?
    private var completionDetails: Details?
    private var outputDetails: Details?

    /// No count of a real answer is larger; what is larger is an error of the server.
    private static let largestCount: Int64 = 1_000_000_000_000

    /// A count as it was found.
    private enum Count {
        case nothing
        case value(Int64)
        /// Negative, fractional, a string, or beyond every answer.
        case invalid
    }

    private struct Details {
        var cached = Count.nothing
        var written = Count.nothing
        var created = Count.nothing
        /// Those of what was written that live an hour, as we write them ourselves.
        var writtenForAnHour = Count.nothing
        var audio = Count.nothing
        var reasoning = Count.nothing
        var isInvalid = false
    }

    /// Reads the object that comes next; nil when it reports no usage or one that cannot be true.
    static func read(_ scanner: inout JSONScanner) throws(JSONFault) -> Usage? {
        var usage = OpenAIUsage()
        try scanner.beginObject()
        while let name = try scanner.nextName() { try usage.readMember(name, &scanner) }
        return usage.buckets
    }

    /// Reads a `usage` object; nil when it reports no usage or one that cannot be true.
    static func read(_ value: JSONValue) -> Usage? {
        guard case .object = value else { return nil }
        return value.buffer.withView { bytes in
            var scanner = JSONScanner(bytes)
            return (try? read(&scanner)) ?? nil
        }
    }

    /// A usage as OpenAI writes it: cached input is part of `prompt_tokens`, reasoning of `completion_tokens`.
    static func value(of usage: Usage) -> JSONValue {
        let written = min(usage.cacheWrite5m, .max - usage.cacheWrite1h) + usage.cacheWrite1h
        let completion = min(usage.output, .max - usage.audioOutput) + usage.audioOutput
        let prompt = usage.promptTotal
        var promptDetails: [JSONValue.Member] = [
            JSONValue.Member("cached_tokens", .integer(usage.cachedInput)),
            JSONValue.Member("audio_tokens", .integer(usage.audioInput)),
            JSONValue.Member("cache_write_tokens", .integer(written)),
        ]
        if usage.cacheWrite1h > 0 {
            promptDetails.append(
                JSONValue.Member(
                    "cache_write_details",
                    [
                        "ephemeral_5m_tokens": .integer(usage.cacheWrite5m),
                        "ephemeral_1h_tokens": .integer(usage.cacheWrite1h),
                    ]))
        }
        return [
            "prompt_tokens": .integer(prompt), "completion_tokens": .integer(completion),
            "total_tokens": .integer(min(prompt, .max - completion) + completion),
            "prompt_tokens_details": .object(promptDetails),
            "completion_tokens_details": [
                "reasoning_tokens": .integer(usage.reasoning), "audio_tokens": .integer(usage.audioOutput),
                "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0,
            ],
        ]
    }

    private mutating func readMember(_ name: JSONScanner.Name, _ scanner: inout JSONScanner) throws(JSONFault) {
        if scanner.matches(name, "prompt_tokens") {
            prompt = try OpenAIUsage.count(&scanner)
        } else if scanner.matches(name, "completion_tokens") {
            completion = try OpenAIUsage.count(&scanner)
        } else if scanner.matches(name, "total_tokens") {
            total = try OpenAIUsage.count(&scanner)
        } else if scanner.matches(name, "prompt_tokens_details") {
            promptDetails = try OpenAIUsage.details(&scanner)
        } else if scanner.matches(name, "completion_tokens_details") {
            completionDetails = try OpenAIUsage.details(&scanner)
        } else if scanner.matches(name, "input_tokens") {
            input = try OpenAIUsage.count(&scanner)
        } else if scanner.matches(name, "output_tokens") {
            output = try OpenAIUsage.count(&scanner)
        } else if scanner.matches(name, "input_tokens_details") {
            inputDetails = try OpenAIUsage.details(&scanner)
        } else if scanner.matches(name, "output_tokens_details") {
            outputDetails = try OpenAIUsage.details(&scanner)
        } else if scanner.matches(name, "prompt_cache_hit_tokens") {
            cacheHit = try OpenAIUsage.count(&scanner)
        } else if scanner.matches(name, "cached_tokens") {
            cached = try OpenAIUsage.count(&scanner)
        } else if scanner.matches(name, "reasoning_tokens") {
            reasoning = try OpenAIUsage.count(&scanner)
        } else {
            try scanner.skipValue()
        }
    }

    private static func count(_ scanner: inout JSONScanner) throws(JSONFault) -> Count {
        let value = try scanner.skipValue()
        if value.kind == .null { return .nothing }
        guard value.kind == .number, let count = JSONString.integer(scanner.bytes, value.range),
            (0...largestCount).contains(count)
        else { return .invalid }
        return .value(count)
    }

    /// The members of a details object; nil when it is empty or null, so that its twin counts.
    private static func details(_ scanner: inout JSONScanner) throws(JSONFault) -> Details? {
        guard scanner.peek() == UInt8(ascii: "{") else {
            return try scanner.skipValue().kind == .null ? nil : Details(isInvalid: true)
        }
        var details: Details?
        try scanner.beginObject()
        while let name = try scanner.nextName() {
            var found = details ?? Details()
            if scanner.matches(name, "cached_tokens") {
                found.cached = try count(&scanner)
            } else if scanner.matches(name, "cache_write_tokens") {
                found.written = try count(&scanner)
            } else if scanner.matches(name, "cache_creation_tokens") {
                found.created = try count(&scanner)
            } else if scanner.matches(name, "cache_write_details"), scanner.peek() == UInt8(ascii: "{") {
                try scanner.beginObject()
                while let lifetime = try scanner.nextName() {
                    let tokens = try count(&scanner)
                    if scanner.matches(lifetime, "ephemeral_1h_tokens") { found.writtenForAnHour = tokens }
                }
            } else if scanner.matches(name, "audio_tokens") {
                found.audio = try count(&scanner)
            } else if scanner.matches(name, "reasoning_tokens") {
                found.reasoning = try count(&scanner)
            } else {
                try scanner.skipValue()
            }
            details = found
        }
        return details
    }

    /// The disjoint buckets; nil when there is nothing to count or a count is invalid.
    private var buckets: Usage? {
        guard prompt != nil || input != nil || total != nil else { return nil }
        let inputDetails = promptDetails ?? inputDetails ?? Details()
        let outputDetails = completionDetails ?? outputDetails ?? Details()
        guard !inputDetails.isInvalid, !outputDetails.isInvalid,
            let promptTokens = amount(prompt ?? input ?? .nothing),
            let completionTokens = amount(completion ?? output ?? .nothing),
            let totalTokens = amount(total ?? .nothing),
            let cachedTokens = firstAmount(inputDetails.cached, cacheHit, cached),
            let writtenTokens = firstAmount(inputDetails.written, inputDetails.created),
            let hourTokens = amount(inputDetails.writtenForAnHour),
            let audioInput = amount(inputDetails.audio), let audioOutput = amount(outputDetails.audio),
            let reasoningTokens = amount(isNothing(outputDetails.reasoning) ? reasoning : outputDetails.reasoning)
        else { return nil }

        var usage = Usage(cachedInput: cachedTokens, cacheWrite5m: writtenTokens, reasoning: reasoningTokens)
        if cachedTokens > promptTokens {
            // Grok on Azure: the cached tokens are not part of the prompt's count.
            usage.input = promptTokens
        } else if cachedTokens + writtenTokens > promptTokens {
            // OpenRouter's Gemini: the same tokens are reported as read and as written.
            usage.input = promptTokens - cachedTokens
            usage.cacheWrite5m = 0
        } else {
            usage.input = promptTokens - cachedTokens - writtenTokens
        }
        // xAI: reasoning tokens come on top of the completion's, as only the total shows.
        let isReasoningApart =
            reasoningTokens > 0 && isReported(total) && isReported(prompt ?? input)
            && totalTokens == promptTokens + completionTokens + reasoningTokens
        usage.cacheWrite1h = min(hourTokens, usage.cacheWrite5m)
        usage.cacheWrite5m -= usage.cacheWrite1h
        usage.output = completionTokens + (isReasoningApart ? reasoningTokens : 0)
        usage.audioInput = min(audioInput, usage.input)
        usage.input -= usage.audioInput
        usage.audioOutput = min(audioOutput, usage.output)
        usage.output -= usage.audioOutput
        return usage
    }

    private func amount(_ count: Count) -> Int64? {
        switch count {
        case .nothing: 0
        case .value(let value): value
        case .invalid: nil
        }
    }

    /// The first amount that is not zero; zero when all are, nil when one of those looked at is invalid.
    private func firstAmount(_ first: Count, _ second: Count, _ third: Count = .nothing) -> Int64? {
        guard let first = amount(first) else { return nil }
        if first > 0 { return first }
        guard let second = amount(second) else { return nil }
        return second > 0 ? second : amount(third)
    }

    private func isNothing(_ count: Count) -> Bool {
        if case .nothing = count { true } else { false }
    }

    private func isReported(_ count: Count?) -> Bool {
        if case .value = count { true } else { false }
    }
}
