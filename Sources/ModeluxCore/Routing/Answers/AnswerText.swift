/// Ways to read the text of an answer.
public enum AnswerText {
    /// No more than this many characters of a text are shown to a judge.
    private static let maximumCharacters = 24_000

    /// The JSON that an answer is, also inside a fenced block; nil when it is none.
    public static func json(in text: String) -> JSONTree? {
        var lines = trimmed(text).split(separator: "\n", omittingEmptySubsequences: false)
        if let first = lines.first, first.hasPrefix("```"), let last = lines.last, last.hasPrefix("```"),
            lines.count > 2
        {
            lines = Array(lines.dropFirst().dropLast())
        }
        return try? JSONTree(parsing: Array(lines.joined(separator: "\n").utf8))
    }

    /// A text without what two answers that mean the same may differ in: case, spaces, an end mark.
    public static func normalized(_ text: String) -> String {
        let words = text.lowercased().split { $0.isWhitespace }
        var joined = words.joined(separator: " ")
        while let last = joined.last, ".!,;\"'`*".contains(last) { joined.removeLast() }
        while let first = joined.first, "\"'`*".contains(first) { joined.removeFirst() }
        return joined
    }

    /// The number that an answer is or begins with; nil when it has none.
    public static func number(in text: String) -> Double? {
        let pieces = text.unicodeScalars.split { !("0"..."9").contains($0) && $0 != "." && $0 != "-" && $0 != "," }
        for piece in pieces {
            var word = String(piece).filter { $0 != "," }
            while word.hasSuffix(".") || word.hasSuffix("-") { word.removeLast() }
            if let value = Double(word), value.isFinite { return value }
        }
        return nil
    }

    /// A number as an answer says it: without a needless fraction.
    public static func text(of number: Double) -> String {
        guard number == number.rounded(), abs(number) < 1e15 else { return String(number) }
        return String(Int64(number))
    }

    /// A text that a judge is shown.
    static func cut(_ text: String) -> String {
        text.count > maximumCharacters ? String(text.prefix(maximumCharacters)) + "…" : text
    }

    private static func trimmed(_ text: String) -> Substring {
        var text = text[...]
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }
}
