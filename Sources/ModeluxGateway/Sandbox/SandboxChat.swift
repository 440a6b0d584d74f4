import ModeluxCore
import ModeluxWire

/// The sandbox's answer to a chat request: worked out once, then written as one body or as a stream.
struct SandboxChat {
    /// What the model says, in tokens; empty when it calls a tool.
    let pieces: [String]
    /// The tool that it calls, if it does.
    let toolCall: ToolCall?
    /// Why it stopped.
    let finishReason: String
    /// What it used.
    let usage: Usage

    /// A call of one of the caller's tools.
    struct ToolCall {
        /// The tool's name.
        let name: String
        /// Its arguments as JSON text.
        let arguments: String
    }

    /// Answers a request. Any JSON gives an answer: what is missing or of another type counts as empty.
    init(_ request: JSONValue, model: SandboxModel) {
        let messages = request["messages"]?.elements ?? []
        let limit = request["max_completion_tokens"]?.integer ?? request["max_tokens"]?.integer
        let maximum = Int(
            clamping: min(max(limit ?? Int64(SandboxModel.maximumTokens), 0), Int64(SandboxModel.maximumTokens)))
        let input = SandboxChat.inputTokens(of: messages)

        if let call = SandboxChat.toolCall(for: request, messages: messages, model: model) {
            toolCall = call
            pieces = []
            finishReason = "tool_calls"
        } else {
            toolCall = nil
            let whole = SandboxChat.pieces(for: request, messages: messages, model: model, limit: limit)
            pieces = Array(whole.prefix(maximum))
            finishReason = whole.count > maximum ? "length" : "stop"
        }
        let output = toolCall.map { SandboxText.pieces(of: $0.arguments).count + 2 } ?? pieces.count
        usage = Usage(input: input, output: Int64(output))
    }

    /// The input tokens of messages.
    static func inputTokens(of messages: [JSONValue]) -> Int64 {
        messages.reduce(0) { $0 + Int64(SandboxText.pieces(of: text(of: $1)).count) + 4 }
    }

    private static func pieces(
        for request: JSONValue, messages: [JSONValue], model: SandboxModel, limit: Int64?
    ) -> [String] {
        if let format = request["response_format"], format["type"]?.string == "json_schema" {
            let schema = format["json_schema"]?["schema"] ?? .object([])
            return SandboxText.pieces(of: SandboxSchema.example(of: schema, depth: 0).jsonText)
        }
        if request["response_format"]?["type"]?.string == "json_object" {
            return SandboxText.pieces(of: #"{"answer": "lorem ipsum"}"#)
        }
        switch model {
        case .echo:
            let last = messages.last { $0["role"]?.string == "user" }
            let said = last.map(text(of:)) ?? ""
            return SandboxText.pieces(of: said.isEmpty ? "(nothing was said)" : said)
        case .tools:
            let result = messages.last { $0["role"]?.string == "tool" }
            return SandboxText.pieces(
                of: result.map { "The tool says: " + text(of: $0) } ?? "There is no tool to call.")
        default:
            return SandboxText.lorem(Int(clamping: min(limit ?? Int64(SandboxModel.defaultTokens), 100_000)))
        }
    }

    private static func toolCall(for request: JSONValue, messages: [JSONValue], model: SandboxModel) -> ToolCall? {
        guard model == .tools, messages.last?["role"]?.string != "tool", request["tool_choice"]?.string != "none" else {
            return nil
        }
        let functions = (request["tools"]?.elements ?? []).compactMap { $0["function"] }
        let forced = request["tool_choice"]?["function"]?["name"]?.string
        let function = functions.first { forced == nil || $0["name"]?.string == forced }
        guard let function, let name = function["name"]?.string else { return nil }
        let parameters = function["parameters"] ?? .object([])
        return ToolCall(name: name, arguments: SandboxSchema.example(of: parameters, depth: 0).jsonText)
    }

    /// The text of a message: its string, or the text parts of its list.
    private static func text(of message: JSONValue) -> String {
        guard let content = message["content"] else { return "" }
        if let text = content.string { return text }
        return (content.elements ?? []).compactMap { $0["text"]?.string }.joined(separator: " ")
    }
}
