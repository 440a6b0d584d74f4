import ModeluxCore

extension ObservedAnswer {
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
