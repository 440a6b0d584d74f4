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

    /// A middle estimate of the tokens of observed text: one for four bytes, at least one when there is any.
    public static func tokens(textBytes bytes: Int) -> Int64 {
        Int64(clamping: bytes) / 4 + (bytes % 4 > 0 ? 1 : 0)
    }
}
