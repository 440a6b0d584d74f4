/// `redactedContent`: a thought that its maker sealed. Bedrock carries it as base64 of the bytes, which for Claude are
/// the text that Anthropic's own interface carries as it is; so a thought can go back by either way.
enum BedrockSealedThought {
    /// What a sealed thought begins with whose bytes are no text.
    private static let mark = "bedrock."

    /// The sealed text for bytes.
    static func text(of bytes: [UInt8]) -> String {
        if !bytes.isEmpty, bytes.allSatisfy({ (0x21...0x7E).contains($0) }) {
            return String(decoding: bytes, as: UTF8.self)
        }
        return mark + Base64.encoded(bytes: bytes)
    }

    /// The `redactedContent` for a sealed text.
    static func content(of text: String) -> String {
        text.hasPrefix(mark) ? String(text.dropFirst(mark.utf8.count)) : Base64.encoded(text)
    }
}
