/// The parts of a request that not every provider can express: the rows of the capability matrix, and the words of
/// `X-Modelux-Dropped`.
public enum ChatFeature: String, Sendable, Hashable, CaseIterable {
    case tools
    case strictTools = "tools.strict"
    case toolChoice = "tool_choice"
    case parallelCalls = "parallel_tool_calls"
    case hostedTools = "tools.hosted"
    case imageBase64 = "image.base64"
    case imageURL = "image.url"
    case imageDetail = "image.detail"
    case documents = "document"
    case audio
    case video
    case files = "file_id"
    case jsonObject = "response_format.json_object"
    case jsonSchema = "response_format.json_schema"
    case temperature
    case topP = "top_p"
    case topK = "top_k"
    case frequencyPenalty = "frequency_penalty"
    case presencePenalty = "presence_penalty"
    case seed
    case logitBias = "logit_bias"
    case logProbabilities = "logprobs"
    case stop
    case choices = "n"
    case maximumOutputTokens = "max_tokens"
    case reasoning
    case thinkingBlocks = "thinking"
    case prefill
    case speakerName = "name"
    case systemInConversation = "messages.system"
    case cacheMarks = "cache_control"
    case serviceTier = "service_tier"
    case endUser = "user"
    case metadata
    case store
    case citations
}
