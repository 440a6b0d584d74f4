public import ModeluxCore

/// What was observed of an answer while it passed: enough to price it, also when it broke off.
public struct OpenAIAnswer: Sendable, Hashable {
    /// What the provider reported; nil when it reported nothing, or something that cannot be true.
    public internal(set) var usage: Usage?
    /// The service tier that the answer names: the one that is priced.
    public internal(set) var serviceTier: String?
    /// The model that the answer names.
    public internal(set) var model: String?
    /// Bytes of generated text, reasoning and tool calls, as JSON strings: the basis of an estimate.
    public internal(set) var outputTextBytes = 0
    /// Whether a choice named its reason to end.
    public internal(set) var hasFinishReason = false
    /// Whether the answer, or an event of it, was an error.
    public internal(set) var hasError = false
    /// Whether the stream said `[DONE]`.
    public internal(set) var isDone = false
    /// Whether a part of it was no JSON.
    public internal(set) var isMalformed = false

    /// Whether nothing is missing: it said its end, or gave a reason to end.
    public var isComplete: Bool { (isDone || hasFinishReason) && !hasError }

    /// The reported usage, or an estimate by `inputTokens` and by the text that was observed, flagged as one.
    public func usage(estimatingInput inputTokens: Int64) -> Usage {
        usage
            ?? Usage(
                input: max(0, inputTokens), output: Estimate.tokens(textBytes: outputTextBytes), isEstimated: true)
    }

    /// What one chunk of a stream looks like from outside.
    struct Shape {
        /// It has `choices`, and they are empty.
        var hasEmptyChoices = false
        /// It reports usage.
        var hasUsage = false
    }

    /// Reads one JSON text: a chunk of a stream or a whole answer.
    @discardableResult
    mutating func read(_ bytes: ByteView) throws(JSONFault) -> Shape {
        var scanner = JSONScanner(bytes)
        var shape = Shape()
        var ownUsage: Usage?
        var groqUsage: Usage?
        try scanner.beginObject()
        while let name = try scanner.nextName() {
            if scanner.matches(name, "choices"), scanner.peek() == UInt8(ascii: "[") {
                shape.hasEmptyChoices = try readChoices(&scanner)
            } else if scanner.matches(name, "usage"), scanner.peek() == UInt8(ascii: "{") {
                shape.hasUsage = true
                ownUsage = try OpenAIUsage.read(&scanner)
            } else if scanner.matches(name, "x_groq"), scanner.peek() == UInt8(ascii: "{") {
                groqUsage = try readGroq(&scanner)
            } else if scanner.matches(name, "model"), model == nil {
                model = scanner.string(try scanner.skipValue()).flatMap { $0.isEmpty ? nil : $0 }
            } else if scanner.matches(name, "service_tier") {
                let tier = scanner.string(try scanner.skipValue())
                if let tier, !tier.isEmpty { serviceTier = tier }
            } else if scanner.matches(name, "error") {
                if try scanner.skipValue().kind != .null { hasError = true }
            } else {
                try scanner.skipValue()
            }
        }
        try scanner.end()
        if let reported = groqUsage ?? ownUsage { usage = reported }
        return shape
    }

    /// Reads the choices; true when there are none.
    private mutating func readChoices(_ scanner: inout JSONScanner) throws(JSONFault) -> Bool {
        var isEmpty = true
        try scanner.beginArray()
        while try scanner.nextElement() {
            isEmpty = false
            guard scanner.peek() == UInt8(ascii: "{") else {
                try scanner.skipValue()
                continue
            }
            try scanner.beginObject()
            while let name = try scanner.nextName() {
                if scanner.matches(name, "delta") || scanner.matches(name, "message"),
                    scanner.peek() == UInt8(ascii: "{")
                {
                    try readMessage(&scanner)
                } else if scanner.matches(name, "finish_reason") {
                    if try scanner.skipValue().kind != .null { hasFinishReason = true }
                } else if scanner.matches(name, "text") {
                    try count(&scanner)
                } else {
                    try scanner.skipValue()
                }
            }
        }
        return isEmpty
    }

    private mutating func readMessage(_ scanner: inout JSONScanner) throws(JSONFault) {
        try scanner.beginObject()
        while let name = try scanner.nextName() {
            if scanner.matches(name, "content") || scanner.matches(name, "tool_calls")
                || scanner.matches(name, "reasoning_content") || scanner.matches(name, "reasoning")
                || scanner.matches(name, "refusal") || scanner.matches(name, "function_call")
            {
                try count(&scanner)
            } else {
                try scanner.skipValue()
            }
        }
    }

    private mutating func count(_ scanner: inout JSONScanner) throws(JSONFault) {
        let before = scanner.textBytes
        try scanner.skipValue()
        outputTextBytes += scanner.textBytes - before
    }

    private func readGroq(_ scanner: inout JSONScanner) throws(JSONFault) -> Usage? {
        var usage: Usage?
        try scanner.beginObject()
        while let name = try scanner.nextName() {
            if scanner.matches(name, "usage"), scanner.peek() == UInt8(ascii: "{") {
                usage = try OpenAIUsage.read(&scanner)
            } else {
                try scanner.skipValue()
            }
        }
        return usage
    }
}
