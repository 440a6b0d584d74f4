public import NIOCore

/// Reads whole (not streamed) answers of the OpenAI shape: chat, completions and embeddings.
public enum OpenAIResponse {
    /// What a body says of its usage, tier, model and text, in one pass without building a tree. A body that is no
    /// JSON object is marked `isMalformed`; nothing traps and nothing is thrown, since the answer is relayed anyway.
    public static func observe(_ body: ByteBuffer) -> ObservedAnswer {
        body.withView { bytes in
            var answer = ObservedAnswer()
            do throws(JSONFault) {
                try answer.read(bytes)
            } catch {
                answer.isMalformed = true
            }
            return answer
        }
    }
}
