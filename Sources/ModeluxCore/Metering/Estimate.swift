/// Token counts for what no provider has counted: before the call, and after a broken stream.
public enum Estimate {
    /// Output tokens that a worst-case hold assumes where neither the request nor the catalogue sets a limit.
    public static let assumedOutputTokens: Int64 = 16_384

    /// Output tokens that an expected cost assumes where a config has no history yet.
    public static let usualOutputTokens: Int64 = 400

    /// An upper estimate of the input tokens of a request whose JSON has `bytes` bytes: one token for three bytes, and
    /// a little for the frame around it. Common tokenizers need four bytes a token in English and rarely less than
    /// three in JSON.
    public static func inputTokens(requestBytes bytes: Int) -> Int64 {
        Int64(clamping: bytes) / 3 + 16
    }

    /// The most input tokens that a provider can count for a request, as holds assume it: no tokenizer makes more tokens
    /// than there are bytes. Attachments are told apart, since they are counted by what they show: a byte of a document
    /// gives a quarter of a token at most, an image at most 8,192 in all. Tools bring a hidden prompt of their own.
    ///
    /// Measured on 136 recorded requests without provider-side tools or remote documents: none was counted higher, the
    /// closest came to 46 % of its bound, the median, a short request, to 9 %. What a provider fetches by itself (its own web search, a document named
    /// by an address) is not in the request, and not in this bound.
    /// - Parameters:
    ///   - bytes: The length of the request's JSON.
    ///   - attachmentBytes: How much of it is base64.
    ///   - hasImages: Whether it shows images.
    ///   - hasTools: Whether it offers tools.
    ///   - contextTokens: The longest prompt that the model takes, if known: nothing longer can be counted.
    /// - Returns: Tokens.
    public static func inputBound(
        requestBytes bytes: Int, attachmentBytes: Int, hasImages: Bool, hasTools: Bool, contextTokens: Int64?
    ) -> Int64 {
        let attachments = Int64(clamping: max(0, min(attachmentBytes, bytes)))
        let text = Int64(clamping: max(0, bytes)) - attachments
        let bound = text + attachments / 4 + 64 + (hasImages ? 8192 : 0) + (hasTools ? 1024 : 0)
        return min(bound, contextTokens ?? .max)
    }

    /// A middle estimate of the tokens of observed text: one for four bytes, at least one when there is any.
    public static func tokens(textBytes bytes: Int) -> Int64 {
        Int64(clamping: bytes) / 4 + (bytes % 4 > 0 ? 1 : 0)
    }
}
