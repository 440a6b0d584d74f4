public import ModeluxCore
import NIOCore

/// Whole answers of Bedrock's `converse`.
public enum BedrockChatResponse {
    /// Reads an answer. The call of `outputTool`, by which the answer's form was asked for, is turned back into text.
    /// - Throws: `Failure` of kind `providerError` when it is no answer.
    public static func decode(_ body: JSONValue, outputTool: String? = nil) throws(Failure) -> ChatResponse {
        guard let output = body["output"], let content = output["message"]?["content"]?.elements ?? emptied(output)
        else { throw Failure(.providerError, "the provider's answer has no message") }
        var parts: [ContentPart] = []
        var hasCalls = false
        for block in content {
            guard let kind = kind(of: block, outputTool) else { continue }
            if case .toolCall = kind { hasCalls = true }
            parts.append(ContentPart(kind))
        }
        let reason = BedrockStopReason.reason(body["stopReason"]?.string)
        let choice = ChatResponse.Choice(
            parts: parts, finish: reason == .toolCalls && !hasCalls && outputTool != nil ? .end : reason,
            stopSequence: BedrockStopReason.sequence(body))
        return ChatResponse(
            id: "", model: "", choices: [choice], usage: body["usage"].flatMap(BedrockUsage.read),
            serviceTier: body["serviceTier"]?["type"]?.string)
    }

    /// A message without content: what is left of an answer that was filtered.
    private static func emptied(_ output: JSONValue) -> [JSONValue]? {
        output["message"]?.members != nil ? [] : nil
    }

    private static func kind(of block: JSONValue, _ outputTool: String?) -> ContentPart.Kind? {
        guard let member = block.members?.first else { return nil }
        let value = member.value
        switch member.name {
        case "text": return value.string.flatMap { $0.isEmpty ? nil : .text($0) }
        case "toolUse" where value["type"]?.string != "server_tool_use":
            let name = value["name"]?.string ?? ""
            let input = value["input"] ?? .object([])
            let arguments = String(buffer: (input == .null ? .object([]) : input).buffer)
            if let outputTool, name == outputTool { return .text(arguments) }
            return .toolCall(ToolCall(id: value["toolUseId"]?.string ?? "", name: name, arguments: arguments))
        case "reasoningContent":
            if let content = value["redactedContent"]?.string {
                return Base64.decoded(content).map {
                    .thinking(Thinking("", sealed: BedrockSealedThought.text(of: $0)))
                }
            }
            let text = value["reasoningText"]
            let signature = text?["signature"]?.string.flatMap { $0.isEmpty ? nil : Signature($0, origin: .anthropic) }
            return .thinking(Thinking(text?["text"]?.string ?? "", signature: signature))
        case "citationsContent":
            let text = (value["content"]?.elements ?? []).compactMap { $0["text"]?.string }.joined()
            return text.isEmpty ? nil : .text(text)
        case "image":
            guard let bytes = value["source"]?["bytes"]?.string else { return nil }
            return .image(Media(.base64(bytes), mediaType: value["format"]?.string.map { "image/" + $0 }))
        default: return .foreign(.bedrock, block)
        }
    }
}
