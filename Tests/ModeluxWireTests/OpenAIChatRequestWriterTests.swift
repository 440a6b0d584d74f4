import ModeluxCore
import NIOCore
import Testing

@testable import ModeluxWire

struct OpenAIChatRequestWriterTests {
    private static func request(_ change: (inout ChatRequest) -> Void = { _ in }) -> ChatRequest {
        var request = ChatRequest()
        request.messages = [ChatMessage(.user, [.text("hi")])]
        change(&request)
        return request
    }

    private static let hi = #""messages":[{"role":"user","content":"hi"}]"#

    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var vendor = Vendor.openai
        var model = "gpt-4o"
        var request: ChatRequest
        /// The members after model and messages.
        var rest: String
        var dropped: [String] = []
        var testDescription: String { name }
    }

    @Test(arguments: [
        Row(name: "nothing", request: request(), rest: ""),
        Row(
            name: "stream", request: request { $0.isStream = true },
            rest: #","stream":true,"stream_options":{"include_usage":true}"#),
        Row(
            name: "limit at OpenAI", request: request { $0.maximumOutputTokens = 5 },
            rest: #","max_completion_tokens":5"#),
        Row(
            name: "limit at Fireworks", vendor: .fireworks, model: "llama",
            request: request { $0.maximumOutputTokens = 5 }, rest: #","max_tokens":5"#),
        Row(
            name: "limit of a reasoning model at Azure", vendor: .azure, model: "o4-mini",
            request: request { $0.maximumOutputTokens = 5 }, rest: #","max_completion_tokens":5"#),
        Row(
            name: "sampling",
            request: request {
                $0.sampling.temperature = 0.7
                $0.sampling.topP = 1
                $0.sampling.seed = 3
                $0.stopSequences = ["a"]
            }, rest: #","temperature":0.7,"top_p":1,"seed":3,"stop":["a"]"#),
        Row(
            name: "sampling at a reasoning model", model: "gpt-5-nano",
            request: request {
                $0.sampling.temperature = 0.7
                $0.sampling.topP = 1
                $0.sampling.topK = 3
                $0.stopSequences = ["a"]
                $0.logProbabilities = ChatRequest.LogProbabilities(alternatives: 0)
            }, rest: "", dropped: ["temperature", "top_k", "logprobs", "stop"]),
        Row(
            name: "sampling where thinking is off", model: "gpt-5.2",
            request: request {
                $0.sampling.temperature = 0.7
                $0.reasoning = ReasoningWish(isDisabled: true)
            }, rest: #","reasoning_effort":"none","temperature":0.7"#),
        Row(
            name: "what Groq refuses", vendor: .groq, model: "llama-3.1-8b-instant",
            request: request {
                $0.choices = 2
                $0.logProbabilities = ChatRequest.LogProbabilities(alternatives: 3)
                $0.sampling.logitBias = ["1": 2]
                $0.messages[0].name = "eve"
                $0.serviceTier = "default"
            }, rest: #","service_tier":"on_demand""#, dropped: ["name", "logit_bias", "logprobs", "n"]),
        Row(
            name: "more stops than four", request: request { $0.stopSequences = ["a", "b", "c", "d", "e"] },
            rest: #","stop":["a","b","c","d"]"#, dropped: ["stop"]),
        Row(
            name: "a budget is an effort", model: "o3",
            request: request { $0.reasoning = ReasoningWish(budgetTokens: 8000) },
            rest: #","reasoning_effort":"medium""#),
        Row(
            name: "an effort that the model lacks", model: "o4-mini",
            request: request { $0.reasoning = ReasoningWish(effort: "max") }, rest: #","reasoning_effort":"high""#),
        Row(
            name: "an effort below what the model has", model: "o4-mini",
            request: request { $0.reasoning = ReasoningWish(effort: "minimal") }, rest: #","reasoning_effort":"low""#),
        Row(
            name: "thinking that cannot be off", model: "o4-mini",
            request: request { $0.reasoning = ReasoningWish(isDisabled: true) },
            rest: #","reasoning_effort":"low""#, dropped: ["reasoning"]),
        Row(
            name: "a model that does not think", request: request { $0.reasoning = ReasoningWish(effort: "low") },
            rest: "", dropped: ["reasoning"]),
        Row(
            name: "schema that is strict",
            request: request {
                $0.outputFormat = .jsonSchema(
                    name: "s", description: nil,
                    schema: [
                        "type": "object", "properties": ["a": [:]], "required": ["a"], "additionalProperties": false,
                    ],
                    isStrict: nil)
            },
            rest:
                #","response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{"type":"object","properties":{"a":{}},"required":["a"],"additionalProperties":false},"strict":true}}"#
        ),
        Row(
            name: "account",
            request: request {
                $0.endUser = "u"
                $0.metadata = [JSONValue.Member("k", "v")]
                $0.store = true
            }, rest: #","safety_identifier":"u","store":true,"metadata":{"k":"v"}"#),
        Row(
            name: "labels are for what is kept", vendor: .azure,
            request: request {
                $0.endUser = String(repeating: "u", count: 65)
                $0.metadata = [JSONValue.Member("k", "v")]
            },
            rest: #","user":"f20e249d15fa4b9f44ba21d154f62e1efa76ddfdce5d25139a33a4787cee5a8b""#,
            dropped: ["metadata"]),
    ])
    func `a member is written as vendor and model take it`(row: Row) throws {
        let encoded = try OpenAIChatRequest.encode(
            row.request, for: ChatTarget(vendor: row.vendor, model: row.model, entry: nil))
        #expect(String(buffer: encoded.body) == #"{"model":"\#(row.model)",\#(Self.hi)\#(row.rest)}"#)
        #expect(encoded.dropped == row.dropped)
    }

    @Test func `images of tool results follow in a message of the user`() throws {
        let image = ContentPart(.image(Media(.base64("iVBORw0KGgoAAAA"))))
        let call = { ContentPart(.toolCall(ToolCall(id: $0, name: "f", arguments: "{}"))) }
        var request = ChatRequest()
        request.system = [ContentPart(.text("s"), cacheMark: .fiveMinutes)]
        request.messages = [
            ChatMessage(.assistant, [ContentPart(.thinking(Thinking("t"))), call("a"), call("b")]),
            ChatMessage(
                .user,
                [
                    ContentPart(.toolResult(ToolResult(callID: "a", parts: [.text("r"), image]))),
                    ContentPart(.toolResult(ToolResult(callID: "b", parts: [.text("bad")], isError: true))),
                    .text("go on"),
                ]),
        ]
        let encoded = try OpenAIChatRequest.encode(
            request, for: ChatTarget(vendor: .openai, model: "gpt-4o", entry: nil))
        let messages = try JSONValue(parsing: encoded.body)["messages"]
        #expect(
            messages == [
                ["role": "system", "content": "s"],
                [
                    "role": "assistant", "content": nil,
                    "tool_calls": [
                        ["id": "a", "type": "function", "function": ["name": "f", "arguments": "{}"]],
                        ["id": "b", "type": "function", "function": ["name": "f", "arguments": "{}"]],
                    ],
                ],
                ["role": "tool", "tool_call_id": "a", "content": "r"],
                ["role": "tool", "tool_call_id": "b", "content": "Error: bad"],
                [
                    "role": "user",
                    "content": [
                        ["type": "text", "text": "Result of the tool call a:"],
                        ["type": "image_url", "image_url": ["url": "data:image/png;base64,iVBORw0KGgoAAAA"]],
                        ["type": "text", "text": "go on"],
                    ],
                ],
            ])
        #expect(encoded.dropped.isEmpty)
    }

    @Test func `what OpenAI bounds is cut without losing its meaning`() throws {
        let id = String(repeating: "i", count: 41)
        var request = ChatRequest()
        request.maximumOutputTokens = 1_000_000
        request.messages = [
            ChatMessage(.assistant, [ContentPart(.toolCall(ToolCall(id: id, name: "f", arguments: "{}")))]),
            ChatMessage(.user, [ContentPart(.toolResult(ToolResult(callID: id, parts: [.text("r")])))]),
        ]
        let entry = Model(name: "gpt-5", mode: "chat", maximumOutputTokens: 128_000)
        let body = try JSONValue(
            parsing: OpenAIChatRequest.encode(
                request, for: ChatTarget(vendor: .azure, model: "my-deployment", entry: entry)
            ).body)
        // The limit has its name by what the catalogue calls the model, not by the deployment.
        #expect(body["max_completion_tokens"]?.integer == 128_000)
        let call = body["messages"]?[0]?["tool_calls"]?[0]?["id"]?.string
        #expect(call?.utf8.count == 37)
        #expect(body["messages"]?[1]?["tool_call_id"]?.string == call)
    }

    @Test func `an engine gets its own thoughts back while tools are called`() throws {
        var request = ChatRequest()
        request.messages = [
            ChatMessage(
                .assistant,
                [
                    ContentPart(.thinking(Thinking("t"))),
                    ContentPart(.thinking(Thinking("signed", signature: Signature("s", origin: .anthropic)))),
                    ContentPart(.toolCall(ToolCall(id: "a", name: "f", arguments: ""))),
                ])
        ]
        let encoded = try OpenAIChatRequest.encode(
            request, for: ChatTarget(vendor: .openaiCompatible, model: "deepseek-chat", entry: nil))
        #expect(
            try JSONValue(parsing: encoded.body)["messages"]?[0]?["reasoning_content"] == "t")
    }

    @Test func `tools, choices and marks`() throws {
        var request = Self.request {
            $0.tools = [
                ChatTool(.function(ChatTool.Function(name: "f", parameters: ["type": "object"], isStrict: true))),
                ChatTool(.hosted(.anthropic, name: "web_search", [:])),
            ]
            $0.toolChoice = .named("f")
            $0.allowsParallelCalls = false
        }
        request.messages[0].parts[0].cacheMark = .fiveMinutes
        let encoded = try OpenAIChatRequest.encode(
            request, for: ChatTarget(vendor: .openai, model: "gpt-5.6-terra", entry: nil))
        #expect(
            String(buffer: encoded.body)
                == #"{"model":"gpt-5.6-terra","messages":[{"role":"user","content":[{"type":"text","text":"hi","prompt_cache_breakpoint":{"mode":"explicit"}}]}],"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}],"tool_choice":{"type":"function","function":{"name":"f"}},"parallel_tool_calls":false}"#
        )
        #expect(encoded.dropped == ["tools.strict", "tools.hosted"])
        let azure = try OpenAIChatRequest.encode(
            request, for: ChatTarget(vendor: .azure, model: "grok-4", entry: nil))
        #expect(try JSONValue(parsing: azure.body)["tool_choice"] == "required")
    }

    @Test(arguments: [
        (ContentPart.Kind.document(Media(.url("https://x.test/a.pdf"))), Vendor.openai, "document"),
        (.image(Media(.file("file_1"))), .openai, "file_id"), (.video(Media(.url("https://x.test"))), .groq, "video"),
        (.audio(Media(.url("https://x.test"))), .openai, "audio"),
        (.document(Media(.base64("AAAA"))), .groq, "document"),
    ])
    func `what would mean something else without it is refused`(
        kind: ContentPart.Kind, vendor: Vendor, parameter: String
    ) {
        let request = Self.request { $0.messages[0].parts.append(ContentPart(kind)) }
        let failure = #expect(throws: Failure.self) {
            try OpenAIChatRequest.encode(request, for: ChatTarget(vendor: vendor, model: "m", entry: nil))
        }
        #expect(failure?.parameter == parameter)
    }

    @Test func `a beginning of the answer is history here`() throws {
        let request = Self.request { $0.messages.append(ChatMessage(.assistant, [.text("Once")])) }
        let encoded = try OpenAIChatRequest.encode(
            request, for: ChatTarget(vendor: .openai, model: "gpt-4o", entry: nil))
        #expect(encoded.dropped == ["prefill"])
    }

    @Test(
        .enabled(if: RecordedTraffic.isThere, Comment(rawValue: RecordedTraffic.missing)),
        arguments: RecordedTraffic.all.filter { $0.isChat && $0.status == 200 })
    func `a recorded request says the same after it was read and written`(exchange: RecordedTraffic.Exchange) throws {
        guard exchange.request["messages"]?.elements != nil else { return }
        let first = try OpenAIChatRequest.decode(exchange.request)
        let target = ChatTarget(vendor: .openaiCompatible, model: "m", entry: nil)
        let encoded = try OpenAIChatRequest.encode(first, for: target)
        var second = try OpenAIChatRequest.decode(JSONValue(parsing: encoded.body))
        second.unmapped = first.unmapped
        second.serviceTier = first.serviceTier
        #expect(second.messages.map(\.role) == first.messages.map(\.role) || exchange.id.contains("vision"))
        #expect(second.tools == first.tools)
        #expect(second.toolChoice == first.toolChoice)
        #expect(second.maximumOutputTokens == first.maximumOutputTokens)
        #expect(second.stopSequences == first.stopSequences)
        #expect(second.sampling == first.sampling)
    }
}
