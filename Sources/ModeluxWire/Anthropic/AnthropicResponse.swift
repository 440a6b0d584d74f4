public import NIOCore

/// Reads whole (not streamed) messages of Anthropic's shape.
public enum AnthropicResponse {
    /// What a body says of its usage, tier, model and text, in one pass without building a tree. A body that is no
    /// JSON object is marked `isMalformed`; nothing traps and nothing is thrown, since the answer is relayed anyway.
    public static func observe(_ body: ByteBuffer) -> ObservedAnswer {
        body.withView { bytes in
            var answer = ObservedAnswer()
            var usage = AnthropicUsage()
            do throws(JSONFault) {
                try answer.read(anthropic: bytes, merging: &usage)
            } catch {
                answer.isMalformed = true
            }
            return answer
        }
    }
}
