import ModeluxCore
import NIOCore
import Testing

@testable import ModeluxWire

struct AnthropicChatResponseTests {
    private static let message = #"""
        {"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[
         {"type":"thinking","thinking":"hm","signature":"s"},{"type":"redacted_thinking","data":"zz"},
         {"type":"text","text":"see","citations":null},{"type":"server_tool_use","id":"s1","name":"web_search","input":{}},
         {"type":"tool_use","id":"t1","name":"f","input":{"a":1.50}}],
         "stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":10,"cache_read_input_tokens":4,
         "cache_creation_input_tokens":3,"cache_creation":{"ephemeral_1h_input_tokens":3},"output_tokens":7,
         "output_tokens_details":{"thinking_tokens":2},"service_tier":"priority"}}
        """#

    @Test func `a message is read`() throws {
        let response = try AnthropicChatResponse.decode(try JSONValue(parsing: Self.message))
        #expect(response.id == "msg_1" && response.model == "claude-x" && response.serviceTier == "priority")
        #expect(
            response.usage == Usage(input: 10, cachedInput: 4, cacheWrite1h: 3, output: 7, reasoning: 2))
        let choice = try #require(response.choices.first)
        #expect(choice.finish == .toolCalls && choice.stopSequence == nil)
        #expect(
            choice.parts.map(\.kind) == [
                .thinking(Thinking("hm", signature: Signature("s", origin: .anthropic))),
                .thinking(Thinking("", sealed: "zz")), .text("see"),
                .foreign(
                    .anthropic, ["type": "server_tool_use", "id": "s1", "name": "web_search", "input": .object([])]),
                .toolCall(ToolCall(id: "t1", name: "f", arguments: #"{"a":1.50}"#)),
            ])
    }

    @Test func `a message is written`() throws {
        let response = try AnthropicChatResponse.decode(try JSONValue(parsing: Self.message))
        let written = AnthropicChatResponse.encode(response, id: "msg_2", model: "m", created: 0)
        #expect(written["id"] == "msg_2" && written["model"] == "m" && written["type"] == "message")
        #expect(written["stop_reason"] == "tool_use" && written["stop_sequence"] == .null)
        var content = try #require(JSONValue(parsing: Self.message)["content"]?.elements)
        content[2] = ["type": "text", "text": "see"]
        #expect(written["content"]?.elements == content)
        #expect(AnthropicUsage.read(try #require(written["usage"])) == response.usage)
        #expect(written["usage"]?["service_tier"] == "priority")
    }

    @Test(
        arguments: [
            ("end_turn", FinishReason.end), ("stop_sequence", .stopSequence), ("max_tokens", .length),
            ("model_context_window_exceeded", .contextWindow), ("refusal", .refusal), ("pause_turn", .pause),
            ("new_reason", .end), ("tool_use", .end),
        ])
    func `a reason to end is read`(word: String, reason: FinishReason) throws {
        let body = #"{"content":[{"type":"text","text":"a"}],"stop_reason":"\#(word)"}"#
        #expect(try AnthropicChatResponse.decode(try JSONValue(parsing: body)).choices.first?.finish == reason)
    }

    @Test(arguments: FinishReason.allCases)
    func `every reason has a word of Anthropic's`(reason: FinishReason) {
        let words = [
            "end_turn", "stop_sequence", "max_tokens", "model_context_window_exceeded", "tool_use", "refusal",
            "pause_turn",
        ]
        let response = ChatResponse(id: "", model: "", choices: [ChatResponse.Choice(parts: [], finish: reason)])
        let word = AnthropicChatResponse.encode(response, id: "", model: "", created: 0)["stop_reason"]?.string ?? ""
        #expect(words.contains(word))
    }

    @Test func `the call that stands for structured output is the answer's text`() throws {
        let body = try JSONValue(
            parsing:
                #"{"content":[{"type":"tool_use","id":"t","name":"json","input":{"a":1}}],"stop_reason":"tool_use"}"#)
        let choice = try AnthropicChatResponse.decode(body, outputTool: "json").choices[0]
        #expect(choice.parts == [.text(#"{"a":1}"#)] && choice.finish == .end)
        #expect(try AnthropicChatResponse.decode(body).choices[0].finish == .toolCalls)
    }

    @Test func `answers of others are written in the shape`() throws {
        let response = ChatResponse(
            id: "x", model: "y",
            choices: [
                ChatResponse.Choice(
                    parts: [
                        ContentPart(.thinking(Thinking("hm", signature: Signature("g", origin: .gemini)))),
                        ContentPart(.thinking(Thinking("free"))), .text(""), ContentPart(.refusal("no")),
                        ContentPart(.toolCall(ToolCall(id: "c", name: "f", arguments: "{\"broken"))),
                        ContentPart(.foreign(.gemini, ["a": 1])),
                    ], finish: .length), ChatResponse.Choice(parts: [.text("second")], finish: .end),
            ], usage: nil, serviceTier: "default")
        let written = AnthropicChatResponse.encode(response, id: "i", model: "m", created: 5)
        #expect(
            String(buffer: try #require(written["content"]).buffer)
                == #"[{"type":"thinking","thinking":"hm","signature":"gemini.g"},{"type":"thinking","thinking":"free","#
                + #""signature":""},{"type":"text","text":"no"},{"type":"tool_use","id":"c","name":"f","#
                + #""input":{"text":"{\"broken"}}]"#)
        #expect(written["usage"]?["input_tokens"] == 0 && written["usage"]?["service_tier"] == "standard")
        let blocked = ChatResponse(id: "", model: "", choices: [], usage: Usage(input: 3))
        #expect(AnthropicChatResponse.encode(blocked, id: "", model: "", created: 0)["stop_reason"] == "refusal")
    }

    @Test(arguments: ["[]", "{}", "7", #"{"content":"text"}"#])
    func `what is no message is refused`(body: String) throws {
        let failure = try #require(throws: Failure.self) {
            try AnthropicChatResponse.decode(try JSONValue(parsing: body))
        }
        #expect(failure.kind == .providerError)
    }

    @Test func `a block that cannot be read is kept`() throws {
        let body = try JSONValue(parsing: #"{"content":[{"type":"tool_use"},{"text":"a"},7],"stop_reason":null}"#)
        let parts = try AnthropicChatResponse.decode(body).choices[0].parts
        #expect(parts.map(\.kind) == (body["content"]?.elements ?? []).map { .foreign(.anthropic, $0) })
    }

    @Test func `lists and counts have Anthropic's shape`() throws {
        let day = Timestamp(microseconds: 1_740_000_000_000_000)
        let entries = ["a", "b"].map { AnthropicModelList.Entry(id: $0, displayName: "Model \($0)", createdAt: day) }
        #expect(
            String(buffer: AnthropicModelList.body(entries))
                == #"{"data":[{"type":"model","id":"a","display_name":"Model a","created_at":"2025-02-19T21:20:00Z"},"#
                + #"{"type":"model","id":"b","display_name":"Model b","created_at":"2025-02-19T21:20:00Z"}],"#
                + #""has_more":false,"first_id":"a","last_id":"b"}"#)
        #expect(
            String(buffer: AnthropicModelList.body([]))
                == #"{"data":[],"has_more":false,"first_id":null,"last_id":null}"#)
        #expect(String(buffer: AnthropicTokenCount.body(12)) == #"{"input_tokens":12}"#)
    }

    @Test func `tokens are estimated by text, attachments and tools`() throws {
        func estimate(_ body: String) throws -> Int64 {
            AnthropicTokenCount.estimate(try InquiryHead.read(ByteBuffer(string: body), endpoint: .countTokens))
        }
        let text = String(repeating: "word", count: 100)
        let plain = try estimate(#"{"model":"m","messages":[{"role":"user","content":"\#(text)"}]}"#)
        #expect((100...110).contains(plain))
        let source = #"{"type":"base64","data":"\#(text)"}"#
        let image = try estimate(
            #"{"model":"m","messages":[{"role":"user","content":[{"type":"image","source":\#(source)}]}]}"#)
        #expect((1600...1610).contains(image))
        let tools = try estimate(#"{"model":"m","messages":[],"tools":[{"name":"f"}]}"#)
        #expect((300...305).contains(tools))
    }
}
