import ModeluxCore
import ModeluxWire
import NIOCore

/// How errors and the trace look on a surface. What depends on a caller's wire shape, and on nothing else, is here.
extension RequestRecord.Surface {
    /// The dialect of its requests and answers.
    var dialect: ChatDialect {
        switch self {
        case .openai: .openai
        case .anthropic: .anthropic
        }
    }

    /// The body of an error answer.
    func errorBody(for failure: Failure, _ record: RequestRecord) -> ByteBuffer {
        switch self {
        case .openai: OpenAIError.body(for: failure)
        case .anthropic: AnthropicError.body(for: failure, requestID: record.requestID.description)
        }
    }

    /// An error as the last event of a stream that has begun.
    func errorEvent(for failure: Failure, _ record: RequestRecord) -> ByteBuffer {
        switch self {
        case .openai: OpenAIError.event(for: failure)
        case .anthropic: AnthropicError.event(for: failure, requestID: record.requestID.description)
        }
    }

    /// The event that shows the trace (`mlx:trace`): it goes out before the stream's own end.
    func traceEvent(_ extras: String, _ record: RequestRecord) -> ByteBuffer {
        switch self {
        case .openai: OpenAITrace.event(extras, record)
        case .anthropic:
            ByteBuffer(string: "event: ping\ndata: {\"type\":\"ping\",\"modelux\":" + extras + "}\n\n")
        }
    }

    /// The id of an answer for which the provider gave none.
    func answerID(_ requestID: RequestID) -> String {
        switch self {
        case .openai: "chatcmpl-" + requestID.description
        case .anthropic: "msg_" + requestID.description.filter { $0 != "-" }
        }
    }
}
