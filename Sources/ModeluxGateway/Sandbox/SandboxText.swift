/// The words of the sandbox: one word counts as one token.
enum SandboxText {
    private static let words = [
        "lorem", "ipsum", "dolor", "sit", "amet", "consectetur", "adipiscing", "elit", "sed", "do", "eiusmod", "tempor",
        "incididunt", "ut", "labore", "et", "dolore", "magna", "aliqua", "enim", "ad", "minim", "veniam", "quis",
        "nostrud", "exercitation", "ullamco", "laboris", "nisi", "aliquip", "ex", "ea", "commodo", "consequat",
    ]

    /// Placeholder text of `count` tokens, in sentences of eight words, as pieces that join to the text.
    static func lorem(_ count: Int) -> [String] {
        (0..<max(0, count)).map { index in
            let word = words[index % words.count]
            let isFirst = index % 8 == 0
            let isLast = index % 8 == 7 || index == count - 1
            return (index == 0 ? "" : " ") + (isFirst ? word.prefix(1).uppercased() + word.dropFirst() : word)
                + (isLast ? "." : "")
        }
    }

    /// The pieces of a text: words with the blanks before them; each counts as one token. Works on bytes: a caller may
    /// send megabytes, and breaking those into characters would hold up an event loop for seconds.
    static func pieces(of text: String) -> [String] {
        let bytes = Array(text.utf8)
        var pieces: [String] = []
        var start = 0
        var sawWord = false
        for (index, byte) in bytes.enumerated() {
            let isBlank = byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\t")
            guard isBlank else {
                sawWord = true
                continue
            }
            guard sawWord else { continue }
            pieces.append(String(decoding: bytes[start..<index], as: UTF8.self))
            start = index
            sawWord = false
        }
        if start < bytes.count { pieces.append(String(decoding: bytes[start...], as: UTF8.self)) }
        return pieces
    }
}
