public import ModeluxCore
import NIOCore

/// Whole answers of Anthropic's shape: reads a provider's, writes a caller's.
public enum AnthropicChatResponse {
    /// Reads a message. `outputTool` is the tool by which structured output was asked for (`EncodedRequest`): its call
    /// is the answer's text.
    /// - Throws: `Failure` of kind `providerError` when it is no message.
    public static func decode(_ body: JSONValue, outputTool: String? = nil) throws(Failure) -> ChatResponse {
        guard let content = body.member("content")?.elements else {
            throw Failure(.providerError, "the provider's answer is no message")
        }
        var reader = AnthropicPartReader()
        var parts: [ContentPart] = []
        parts.reserveCapacity(content.count)
        var hasCalls = false
        for block in content {
            // A block that cannot be read is kept as it is: the answer is paid, and most of it is understood.
            guard let part = try? reader.part(block, at: { "content" }) else {
                parts.append(ContentPart(.foreign(.anthropic, block)))
                continue
            }
            if case .toolCall(let call) = part.kind {
                if let outputTool, call.name == outputTool {
                    parts.append(.text(call.arguments))
                    continue
                }
                hasCalls = true
            }
            parts.append(part)
        }
        var finish = AnthropicStopReason.read(body.member("stop_reason")?.string ?? "")
        if finish == .toolCalls, !hasCalls { finish = .end }
        var usage = AnthropicUsage()
        if let reported = body.member("usage") { usage.merge(reported) }
        return ChatResponse(
            id: body.member("id")?.string ?? "", model: body.member("model")?.string ?? "",
            choices: [
                ChatResponse.Choice(
                    parts: parts, finish: finish, stopSequence: body.member("stop_sequence")?.string)
            ], usage: usage.usage, sideUsage: usage.sideUsage, serviceTier: usage.serviceTier)
    }

    /// Writes a message: the first choice, since the shape has one. `created` has no place in it.
    public static func encode(_ response: ChatResponse, id: String, model: String, created: Int64) -> JSONValue {
        let choice = response.choices.first
        var content: [JSONValue] = []
        for part in choice?.parts ?? [] {
            if let block = block(of: part) { content.append(block) }
        }
        return [
            "id": .string(id), "type": "message", "role": "assistant", "model": .string(model),
            "content": .array(content),
            "stop_reason": .string(AnthropicStopReason.word(for: choice?.finish ?? .contentFilter)),
            "stop_sequence": choice?.stopSequence.map { .string($0) } ?? .null,
            "usage": usage(response.usage, serviceTier: response.serviceTier),
        ]
    }

    /// A part of an answer as a block; nil for what the shape has no place for.
    static func block(of part: ContentPart) -> JSONValue? {
        switch part.kind {
        case .text(let text), .refusal(let text):
            guard !text.isEmpty else { return nil }
            return ["type": "text", "text": .string(text)]
        case .toolCall(let call):
            return [
                "type": "tool_use", "id": .string(AnthropicToolInput.id(call.id)), "name": .string(call.name),
                "input": AnthropicToolInput.object(call.arguments),
            ]
        case .thinking(let thinking):
            if let sealed = thinking.sealed, thinking.text.isEmpty {
                return ["type": "redacted_thinking", "data": .string(sealed)]
            }
            return [
                "type": "thinking", "thinking": .string(thinking.text),
                "signature": .string(thinking.signature?.carried ?? ""),
            ]
        case .foreign(.anthropic, let value): return value
        case .foreign, .image, .document, .audio, .video, .toolResult: return nil
        }
    }

    /// The `usage` object; zeros when nothing was reported, since readers of the shape rely on it.
    static func usage(_ usage: Usage?, serviceTier: String?) -> JSONValue {
        let usage = usage ?? .none
        var members: [JSONValue.Member] = [
            JSONValue.Member("input_tokens", .integer(sum(usage.input, usage.audioInput))),
            JSONValue.Member("cache_creation_input_tokens", .integer(sum(usage.cacheWrite5m, usage.cacheWrite1h))),
            JSONValue.Member("cache_read_input_tokens", .integer(usage.cachedInput)),
            JSONValue.Member(
                "cache_creation",
                [
                    "ephemeral_5m_input_tokens": .integer(usage.cacheWrite5m),
                    "ephemeral_1h_input_tokens": .integer(usage.cacheWrite1h),
                ]),
            JSONValue.Member("output_tokens", .integer(sum(usage.output, usage.audioOutput))),
        ]
        if usage.reasoning > 0 {
            members.append(
                JSONValue.Member("output_tokens_details", ["thinking_tokens": .integer(usage.reasoning)]))
        }
        members.append(JSONValue.Member("service_tier", serviceTierWord(serviceTier)))
        return .object(members)
    }

    /// Anthropic's words for a tier that another provider named.
    private static func serviceTierWord(_ tier: String?) -> JSONValue {
        switch tier {
        case "priority"?, "batch"?: tier.map { .string($0) } ?? .null
        default: "standard"
        }
    }

    private static func sum(_ left: Int64, _ right: Int64) -> Int64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }
}
