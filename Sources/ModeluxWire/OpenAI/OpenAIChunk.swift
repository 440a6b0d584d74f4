import ModeluxCore

/// One event of a chat stream, as far as it says something: read in place, with a tree only for what is rare.
struct OpenAIChunk {
    /// The answer's id and model, when they were asked for.
    private(set) var id = ""
    private(set) var model = ""
    private(set) var choices: [Choice] = []
    private(set) var usage: Usage?
    private(set) var serviceTier: String?
    /// The `error` member, or the event itself when it is nothing but an error.
    private(set) var error: JSONValue?

    /// What a choice says.
    struct Choice {
        var index: Int64?
        var delta = Delta()
        var finish: String?
        var stopSequence: String?
        var logProbabilities: JSONValue?
    }

    /// What is new in a choice.
    struct Delta {
        var text = ""
        var contentList: [JSONValue] = []
        var reasoning = ""
        var details: [JSONValue] = []
        var refusal = ""
        var toolCalls: [JSONValue] = []
        var functionCall: JSONValue?
    }

    init(_ bytes: ByteView, wantsHead: Bool) throws(JSONFault) {
        var scanner = JSONScanner(bytes)
        var groqUsage: Usage?
        var isErrorObject = false
        try scanner.beginObject()
        while let name = try scanner.nextName() {
            if scanner.matches(name, "choices"), scanner.peek() == UInt8(ascii: "[") {
                try scanner.beginArray()
                while try scanner.nextElement() { try readChoice(&scanner) }
            } else if scanner.matches(name, "usage"), scanner.peek() == UInt8(ascii: "{") {
                usage = try OpenAIUsage.read(&scanner) ?? usage
            } else if wantsHead, scanner.matches(name, "id") {
                id = scanner.string(try scanner.skipValue()) ?? ""
            } else if wantsHead, scanner.matches(name, "model") {
                model = scanner.string(try scanner.skipValue()) ?? ""
            } else if scanner.matches(name, "service_tier") {
                let tier = scanner.string(try scanner.skipValue())
                serviceTier = tier.flatMap { $0.isEmpty ? nil : $0 }
            } else if scanner.matches(name, "x_groq"), scanner.peek() == UInt8(ascii: "{") {
                groqUsage = try JSONValue(&scanner).member("usage").flatMap(OpenAIUsage.read)
            } else if scanner.matches(name, "error") {
                let value = try JSONValue(&scanner)
                if value != .null { error = value }
            } else if scanner.matches(name, "object") {
                isErrorObject = scanner.string(try scanner.skipValue()) == "error"
            } else {
                try scanner.skipValue()
            }
        }
        try scanner.end()
        usage = groqUsage ?? usage
        if isErrorObject, error == nil {
            var whole = JSONScanner(bytes)
            error = try JSONValue(&whole)
        }
    }

    private mutating func readChoice(_ scanner: inout JSONScanner) throws(JSONFault) {
        guard scanner.peek() == UInt8(ascii: "{") else {
            try scanner.skipValue()
            return
        }
        var choice = Choice()
        var hasDelta = false
        try scanner.beginObject()
        while let name = try scanner.nextName() {
            if scanner.matches(name, "delta"), scanner.peek() == UInt8(ascii: "{") {
                hasDelta = true
                choice.delta = Delta()
                try choice.delta.read(&scanner)
            } else if !hasDelta, scanner.matches(name, "message"), scanner.peek() == UInt8(ascii: "{") {
                // Beside a delta it is all that was said so far (Perplexity); alone it is the answer.
                try choice.delta.read(&scanner)
            } else if scanner.matches(name, "index") {
                let value = try scanner.skipValue()
                if value.kind == .number { choice.index = JSONString.integer(scanner.bytes, value.range) }
            } else if scanner.matches(name, "finish_reason") {
                choice.finish = OpenAIChunk.word(&scanner, try scanner.skipValue())
            } else if scanner.matches(name, "logprobs"), scanner.peek() == UInt8(ascii: "{") {
                choice.logProbabilities = try JSONValue(&scanner)
            } else if scanner.matches(name, "stop_reason") || scanner.matches(name, "matched_stop") {
                let text = scanner.string(try scanner.skipValue())
                choice.stopSequence = text ?? choice.stopSequence
            } else if scanner.matches(name, "text") {
                let text = scanner.string(try scanner.skipValue())
                if let text, choice.delta.text.isEmpty { choice.delta.text = text }
            } else {
                try scanner.skipValue()
            }
        }
        choices.append(choice)
    }

    /// A reason to end; an empty one is none.
    private static func word(_ scanner: inout JSONScanner, _ value: JSONScanner.Value) -> String? {
        switch value.kind {
        case .string: scanner.string(value).flatMap { $0.isEmpty ? nil : $0 }
        // Some servers send a number of their own.
        case .number: scanner.bytes.string(value.range)
        default: nil
        }
    }
}

extension OpenAIChunk.Delta {
    fileprivate mutating func read(_ scanner: inout JSONScanner) throws(JSONFault) {
        /// `reasoning` says the same as `reasoning_content` where both are there.
        var otherReasoning = ""
        try scanner.beginObject()
        while let name = try scanner.nextName() {
            if scanner.matches(name, "content") {
                if scanner.peek() == UInt8(ascii: "[") {
                    contentList = try JSONValue(&scanner).elements ?? []
                } else {
                    text = scanner.string(try scanner.skipValue()) ?? text
                }
            } else if scanner.matches(name, "reasoning_content") {
                reasoning = scanner.string(try scanner.skipValue()) ?? ""
            } else if scanner.matches(name, "reasoning") {
                otherReasoning = scanner.string(try scanner.skipValue()) ?? ""
            } else if scanner.matches(name, "tool_calls"), scanner.peek() == UInt8(ascii: "[") {
                toolCalls = try JSONValue(&scanner).elements ?? []
            } else if scanner.matches(name, "refusal") {
                refusal = scanner.string(try scanner.skipValue()) ?? ""
            } else if scanner.matches(name, "reasoning_details"), scanner.peek() == UInt8(ascii: "[") {
                details = try JSONValue(&scanner).elements ?? []
            } else if scanner.matches(name, "function_call"), scanner.peek() == UInt8(ascii: "{") {
                functionCall = try JSONValue(&scanner)
            } else {
                try scanner.skipValue()
            }
        }
        if reasoning.isEmpty { reasoning = otherReasoning }
    }
}
