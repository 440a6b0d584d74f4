import ModeluxCore
public import NIOCore

/// The answer to `messages/count_tokens`: passed through from Anthropic, estimated for every other provider.
public enum AnthropicTokenCount {
    /// What tools cost besides their texts: the provider's own instructions for them.
    private static let toolTokens: Int64 = 300
    /// An image or a page: what Anthropic counts for a large one.
    private static let attachmentTokens: Int64 = 1600
    /// Base64 bytes of an attachment that count as one image or page.
    private static let attachmentBytes: Int64 = 200_000

    /// An estimate of a request's input tokens: a quarter of the text's bytes, 1,600 for each begun 200 kB of
    /// attachments, 300 for the use of tools. No provider but Anthropic counts before it answers, so the estimate may
    /// be off by a third in either direction; budgets never rely on it.
    public static func estimate(_ head: InquiryHead) -> Int64 {
        let text = Estimate.tokens(textBytes: head.textBytes)
        let bytes = Int64(clamping: head.attachmentBytes)
        let attachments = bytes / attachmentBytes + (bytes % attachmentBytes > 0 ? 1 : 0)
        return text + attachments * attachmentTokens + (head.hasTools ? toolTokens : 0)
    }

    /// The body: `{"input_tokens": N}`.
    public static func body(_ inputTokens: Int64) -> ByteBuffer {
        JSONValue.object([JSONValue.Member("input_tokens", .integer(max(0, inputTokens)))]).buffer
    }
}
