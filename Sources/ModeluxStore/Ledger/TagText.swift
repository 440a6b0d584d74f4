import ModeluxCore

/// Tags as a JSON object, written in one way only, so that a filter can look for a pair by its text.
enum TagText {
    /// `{"team":"x","env":"prod"}`, in the caller's order.
    static func json(_ tags: Tags) -> String {
        "{" + tags.pairs.map { pair(key: $0.key, value: $0.value) }.joined(separator: ",") + "}"
    }

    /// The tags that `json` wrote; none for anything else.
    static func tags(_ text: String?) -> Tags {
        var tags = Tags()
        guard let text, let tree = try? JSONTree(parsing: Array(text.utf8)), let members = tree.objectValue else {
            return tags
        }
        for member in members {
            if let value = member.value.stringValue { try? tags.set(member.key, to: value) }
        }
        return tags
    }

    /// `"team":"x"`. A quotation mark within a key or a value is written as a number, so this text is found only where
    /// the pair is.
    static func pair(key: String, value: String) -> String { quoted(key) + ":" + quoted(value) }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\u0022"
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
