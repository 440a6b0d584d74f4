import ModeluxCore

extension ObservedAnswer {
    /// Reads one JSON text of Anthropic's: an event of a stream, a whole message or an error.
    mutating func read(anthropic bytes: ByteView, merging usage: inout AnthropicUsage) throws(JSONFault) {
        var scanner = JSONScanner(bytes)
        try readMessage(&scanner, merging: &usage)
        try scanner.end()
        if let reported = usage.usage {
            self.usage = reported
            sideUsage = usage.sideUsage
        } else {
            self.usage = nil
        }
        if let tier = usage.serviceTier { serviceTier = tier }
    }

    /// An event and the message in it have no member of one name with two meanings: one reader serves both.
    private mutating func readMessage(
        _ scanner: inout JSONScanner, isInner: Bool = false, merging usage: inout AnthropicUsage
    ) throws(JSONFault) {
        try scanner.beginObject()
        while let name = try scanner.nextName() {
            if scanner.matches(name, "type") {
                noteType(scanner.string(try scanner.skipValue()))
            } else if scanner.matches(name, "delta") || scanner.matches(name, "content_block") {
                try readPart(&scanner)
            } else if scanner.matches(name, "message"), !isInner, scanner.peek() == UInt8(ascii: "{") {
                try readMessage(&scanner, isInner: true, merging: &usage)
            } else if scanner.matches(name, "usage"), scanner.peek() == UInt8(ascii: "{") {
                try usage.merge(&scanner)
            } else if scanner.matches(name, "content"), scanner.peek() == UInt8(ascii: "[") {
                try scanner.beginArray()
                while try scanner.nextElement() { try readPart(&scanner) }
            } else if scanner.matches(name, "model"), model == nil {
                model = scanner.string(try scanner.skipValue()).flatMap { $0.isEmpty ? nil : $0 }
            } else if scanner.matches(name, "stop_reason") {
                if try scanner.skipValue().kind != .null { hasFinishReason = true }
            } else if scanner.matches(name, "error") {
                if try scanner.skipValue().kind != .null { hasError = true }
            } else {
                try scanner.skipValue()
            }
        }
    }

    private mutating func noteType(_ type: String?) {
        if type == "message_stop" { isDone = true }
        if type == "error" { hasError = true }
    }

    /// Counts what the model wrote in a block or in a piece of one; results of the provider's tools are not its text.
    private mutating func readPart(_ scanner: inout JSONScanner) throws(JSONFault) {
        guard scanner.peek() == UInt8(ascii: "{") else {
            try scanner.skipValue()
            return
        }
        try scanner.beginObject()
        while let name = try scanner.nextName() {
            if scanner.matches(name, "text") || scanner.matches(name, "partial_json")
                || scanner.matches(name, "thinking") || scanner.matches(name, "input")
            {
                let before = scanner.textBytes
                try scanner.skipValue()
                outputTextBytes += scanner.textBytes - before
            } else if scanner.matches(name, "stop_reason") {
                if try scanner.skipValue().kind != .null { hasFinishReason = true }
            } else {
                try scanner.skipValue()
            }
        }
    }
}
