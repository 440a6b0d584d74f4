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
    /// than there are bytes of text. What frames the text counts half, since a message's frame is 30 bytes of JSON and a
    /// dozen tokens at most; 128 bytes beside the prompt are free, for members that no model reads. With tools all of
    /// the request counts, and 1,024 tokens for the prompt that vendors add. Attachments are counted by what they show:
    /// a byte of base64 gives a quarter of a token at most, images 8,192 tokens in all.
    ///
    /// Measured on 136 recorded requests without provider-side tools or remote documents: none was counted higher, the
    /// closest came to 65 % of its bound, the median, a short request, to 9 %. What a provider fetches by itself (its
    /// own web search, a document named by an address) is not in the request, and not in this bound.
    /// - Parameters:
    ///   - text: Bytes of the texts that the model reads.
    ///   - prompt: Bytes of the JSON that holds the messages.
    ///   - request: Bytes of the whole request.
    ///   - attachments: Bytes of base64 in it.
    ///   - hasImages: Whether it shows images.
    ///   - hasTools: Whether it offers tools.
    ///   - context: The longest prompt that the model takes, if known: nothing longer can be counted.
    /// - Returns: Tokens.
    public static func inputBound(
        text: Int, prompt: Int, request: Int, attachments: Int, hasImages: Bool, hasTools: Bool, context: Int64?
    ) -> Int64 {
        let (request, attachments) = (Int64(max(0, request)), Int64(max(0, min(attachments, request))))
        let (text, prompt) = (Int64(max(0, text)), Int64(max(0, min(prompt, Int(request)))))
        let words =
            hasTools
            ? request - attachments + 1024
            : text + max(0, prompt - text - attachments) / 2 + max(0, request - prompt - 128)
        return min(words + attachments / 4 + 96 + (hasImages ? 8192 : 0), context ?? .max)
    }

    /// A middle estimate of the tokens of observed text: one for four bytes, at least one when there is any.
    public static func tokens(textBytes bytes: Int) -> Int64 {
        Int64(clamping: bytes) / 4 + (bytes % 4 > 0 ? 1 : 0)
    }
}
