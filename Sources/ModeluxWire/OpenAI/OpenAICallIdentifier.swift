/// Ids for tool calls of servers that give none: the same for the same answer, whole or streamed, and unlike those of
/// other answers.
struct OpenAICallIdentifier {
    private let stem: String
    private var count = 0

    init(answer: String, choice: Int) {
        // Providers allow letters, digits, `_` and `-`, 64 of them.
        let tail = answer.utf8.filter { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        }
        stem = "call_" + String(decoding: tail.suffix(24), as: UTF8.self) + "_\(choice)_"
    }

    /// The id for the next call, whether it is needed or not.
    mutating func next() -> String {
        count += 1
        return stem + String(count)
    }
}
