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

    /// The pieces of a text: words with the blanks before them; each counts as one token.
    static func pieces(of text: String) -> [String] {
        var pieces: [String] = []
        var piece = ""
        var sawWord = false
        for character in text {
            let isBlank = character == " " || character == "\n" || character == "\t"
            if isBlank, sawWord {
                pieces.append(piece)
                (piece, sawWord) = ("", false)
            }
            piece.append(character)
            if !isBlank { sawWord = true }
        }
        if !piece.isEmpty { pieces.append(piece) }
        return pieces
    }
}
