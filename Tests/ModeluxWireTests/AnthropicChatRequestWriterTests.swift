import ModeluxCore
import NIOCore
import Testing

@testable import ModeluxWire

struct AnthropicChatRequestWriterTests {
    private static func request(_ change: (inout ChatRequest) -> Void = { _ in }) -> ChatRequest {
        var request = ChatRequest()
        request.messages = [ChatMessage(.user, [.text("hi")])]
        request.maximumOutputTokens = 100
        change(&request)
        return request
    }

    private static let hi = #""messages":[{"role":"user","content":"hi"}]"#
    private static let tool = ChatTool(.function(ChatTool.Function(name: "f", parameters: ["type": "object"])))
    private static let toolJSON = #""tools":[{"name":"f","input_schema":{"type":"object"}}]"#
    private static let schema: JSONValue = [
        "type": "object", "properties": ["n": ["type": "integer", "minimum": 1]], "required": ["n"],
        "additionalProperties": false,
    ]

    /// A model as the catalogue would know it.
    enum Known: String, Sendable {
        /// Nobody knows it.
        case unknown = "claude"
        /// Thinks by budget, takes schemas.
        case budget = "claude-sonnet-4-5"
        /// Thinks as it likes, refuses sampling and prefill.
        case adaptive = "claude-opus-4-8"
        /// Always thinks, refuses forced calls.
        case always = "claude-opus-5-5"
        /// Neither thinks nor takes schemas.
        case old = "claude-3-haiku-20240307"

        var target: ChatTarget {
            let entry: Model? =
                switch self {
                case .unknown: nil
                case .budget:
                    Model(
                        name: rawValue, mode: "chat", maximumOutputTokens: 64000,
                        capabilities: ["tools", "reasoning", "json_schema", "prefill"])
                case .adaptive:
                    Model(
                        name: rawValue, mode: "chat", maximumOutputTokens: 128_000,
                        capabilities: ["tools", "reasoning", "json_schema", "adaptive_thinking"],
                        rejects: ["prefill", "sampling_params"])
                case .always:
                    Model(
                        name: rawValue, mode: "chat", maximumOutputTokens: 128_000,
                        capabilities: [
                            "tools", "reasoning", "json_schema", "adaptive_thinking", "thinking_always_on",
                        ], rejects: ["prefill", "sampling_params", "forced_tool_choice"])
                case .old:
                    Model(name: rawValue, mode: "chat", maximumOutputTokens: 4096, capabilities: ["tools"])
                }
            return ChatTarget(vendor: .anthropic, model: rawValue, entry: entry)
        }
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var model = Known.budget
        var request: ChatRequest
        /// The members after the model.
        var rest: [String]
        var dropped: [String] = []
        var outputTool: String?
        var testDescription: String { name }
    }

    private static let requests: [Row] = [
        Row(name: "the least", request: request(), rest: [#""max_tokens":100,\#(hi)"#]),
        Row(
            name: "no limit: the model's", request: request { $0.maximumOutputTokens = nil },
            rest: [#""max_tokens":64000,\#(hi)"#]),
        Row(
            name: "no limit and nobody knows the model", model: .unknown,
            request: request { $0.maximumOutputTokens = nil }, rest: [#""max_tokens":4096,\#(hi)"#]),
        Row(
            name: "a limit beyond the model's", model: .old, request: request { $0.maximumOutputTokens = 9000 },
            rest: [#""max_tokens":4096,\#(hi)"#]),
        Row(
            name: "stream and account",
            request: request {
                $0.isStream = true
                $0.endUser = "u"
                $0.serviceTier = "priority"
                $0.store = false
                $0.metadata = [JSONValue.Member("trace_id", "t")]
            },
            rest: [#""max_tokens":100,\#(hi),"service_tier":"auto","metadata":{"user_id":"u"},"stream":true"#]),
        Row(
            name: "what Anthropic has not",
            request: request {
                $0.sampling.seed = 1
                $0.sampling.frequencyPenalty = 0.5
                $0.sampling.presencePenalty = 0
                $0.sampling.logitBias = ["1": 2]
                $0.logProbabilities = ChatRequest.LogProbabilities(alternatives: 1)
                $0.choices = 2
                $0.serviceTier = "flex"
                $0.store = true
                $0.metadata = [JSONValue.Member("a", "b")]
                $0.stopSequences = [" ", "x"]
                $0.endUser = String(repeating: "u", count: 300)
                $0.messages[0].name = "ada"
            }, rest: [#""max_tokens":100,\#(hi),"stop_sequences":["x"]"#],
            dropped: [
                "name", "frequency_penalty", "seed", "logit_bias", "logprobs", "n", "stop", "service_tier", "user",
                "metadata", "store",
            ]),
        Row(
            name: "sampling", model: .old,
            request: request {
                $0.sampling.temperature = 0.5
                $0.sampling.topP = 0.9
                $0.sampling.topK = 4
            }, rest: [#""max_tokens":100,\#(hi),"temperature":0.5,"top_p":0.9,"top_k":4"#]),
        Row(
            name: "sampling out of range", model: .old, request: request { $0.sampling.temperature = 1.5 },
            rest: [#""max_tokens":100,\#(hi)"#], dropped: ["temperature"]),
        Row(
            name: "temperature with top_p",
            request: request {
                $0.sampling.temperature = 0.5
                $0.sampling.topP = 0.9
            }, rest: [#""max_tokens":100,\#(hi),"temperature":0.5"#], dropped: ["top_p"]),
        Row(
            name: "sampling that means nothing",
            request: request {
                $0.sampling.temperature = 1
                $0.sampling.topP = 0.9
            }, rest: [#""max_tokens":100,\#(hi),"top_p":0.9"#]),
        Row(
            name: "sampling where it is refused", model: .adaptive,
            request: request {
                $0.sampling.temperature = 0.2
                $0.sampling.topP = 1
                $0.sampling.topK = 4
            }, rest: [#""max_tokens":100,\#(hi)"#], dropped: ["temperature", "top_k"]),
        Row(
            name: "temperature 1 where it is refused", model: .adaptive,
            request: request { $0.sampling.temperature = 1 }, rest: [#""max_tokens":100,\#(hi)"#]),
    ]

    @Test(arguments: requests)
    func `a request is written`(row: Row) throws { try check(row) }

    private static let thinking: [Row] = [
        Row(
            name: "effort as a budget",
            request: request {
                $0.reasoning = ReasoningWish(effort: "medium")
                $0.maximumOutputTokens = 20000
                $0.sampling.temperature = 0.3
            }, rest: [#""max_tokens":20000,\#(hi),"thinking":{"type":"enabled","budget_tokens":8192}"#],
            dropped: ["temperature"]),
        Row(
            name: "a budget leaves room for the answer",
            request: request {
                $0.reasoning = ReasoningWish(effort: "high")
                $0.maximumOutputTokens = 2000
            }, rest: [#""max_tokens":2000,\#(hi),"thinking":{"type":"enabled","budget_tokens":1600}"#]),
        Row(
            name: "no room to think", request: request { $0.reasoning = ReasoningWish(effort: "high") },
            rest: [#""max_tokens":100,\#(hi)"#], dropped: ["reasoning"]),
        Row(
            name: "a budget as it came",
            request: request {
                $0.reasoning = ReasoningWish(budgetTokens: 5000)
                $0.maximumOutputTokens = 6000
            }, rest: [#""max_tokens":6000,\#(hi),"thinking":{"type":"enabled","budget_tokens":5000}"#]),
        Row(
            name: "a budget too small",
            request: request {
                $0.reasoning = ReasoningWish(budgetTokens: 128)
                $0.maximumOutputTokens = 6000
            }, rest: [#""max_tokens":6000,\#(hi),"thinking":{"type":"enabled","budget_tokens":1024}"#]),
        Row(
            name: "effort of an adaptive model", model: .adaptive,
            request: request { $0.reasoning = ReasoningWish(effort: "xhigh", includesThoughts: true) },
            rest: [
                #""max_tokens":100,\#(hi),"thinking":{"type":"adaptive","display":"summarized"},"#,
                #""output_config":{"effort":"xhigh"}"#,
            ]),
        Row(
            name: "a budget of an adaptive model", model: .adaptive,
            request: request { $0.reasoning = ReasoningWish(budgetTokens: 4000) },
            rest: [#""max_tokens":100,\#(hi),"thinking":{"type":"adaptive"},"output_config":{"effort":"medium"}"#]),
        Row(
            name: "no thinking", model: .adaptive, request: request { $0.reasoning = ReasoningWish(effort: "none") },
            rest: [#""max_tokens":100,\#(hi),"thinking":{"type":"disabled"}"#]),
        Row(
            name: "no thinking by budget", request: request { $0.reasoning = ReasoningWish(isDisabled: true) },
            rest: [#""max_tokens":100,\#(hi),"thinking":{"type":"disabled"}"#]),
        Row(
            name: "no thinking where it cannot be off", model: .always,
            request: request { $0.reasoning = ReasoningWish(effort: "none") },
            rest: [#""max_tokens":100,\#(hi),"output_config":{"effort":"low"}"#], dropped: ["reasoning"]),
        Row(
            name: "a model that cannot think", model: .old,
            request: request { $0.reasoning = ReasoningWish(effort: "low") }, rest: [#""max_tokens":100,\#(hi)"#],
            dropped: ["reasoning"]),
        Row(
            name: "a forced call wins over thinking",
            request: request {
                $0.reasoning = ReasoningWish(effort: "low")
                $0.maximumOutputTokens = 4000
                $0.tools = [tool]
                $0.toolChoice = .required
            }, rest: [#""max_tokens":4000,\#(hi),\#(toolJSON),"tool_choice":{"type":"any"}"#], dropped: ["reasoning"]),
    ]

    @Test(arguments: thinking)
    func `thinking is asked for as the model has it`(row: Row) throws { try check(row) }

    private static let forms: [Row] = [
        Row(
            name: "nothing said", request: request { $0.tools = [tool] },
            rest: [#""max_tokens":100,\#(hi),\#(toolJSON)"#]
        ),
        Row(
            name: "auto, one at a time",
            request: request {
                $0.tools = [tool]
                $0.allowsParallelCalls = false
            },
            rest: [
                #""max_tokens":100,\#(hi),\#(toolJSON),"#,
                #""tool_choice":{"type":"auto","disable_parallel_tool_use":true}"#,
            ]),
        Row(
            name: "none",
            request: request {
                $0.tools = [tool]
                $0.toolChoice = ToolChoice.none
                $0.allowsParallelCalls = false
            }, rest: [#""max_tokens":100,\#(hi),\#(toolJSON),"tool_choice":{"type":"none"}"#]),
        Row(
            name: "named",
            request: request {
                $0.tools = [tool]
                $0.toolChoice = .named("f")
            }, rest: [#""max_tokens":100,\#(hi),\#(toolJSON),"tool_choice":{"type":"tool","name":"f"}"#]),
        Row(
            name: "forced where it is refused", model: .always,
            request: request {
                $0.tools = [tool]
                $0.toolChoice = .named("f")
            }, rest: [#""max_tokens":100,\#(hi),\#(toolJSON),"tool_choice":{"type":"auto"}"#], dropped: ["tool_choice"]),
        Row(
            name: "strict",
            request: request {
                $0.tools = [
                    ChatTool(
                        .function(
                            ChatTool.Function(name: "g", description: "d", parameters: schema, isStrict: true)),
                        cacheMark: .oneHour)
                ]
            },
            rest: [
                #""max_tokens":100,\#(hi),"tools":[{"name":"g","description":"d","input_schema":{"type":"object","#,
                #""properties":{"n":{"type":"integer","description":"{minimum: 1}"}},"required":["n"],"#,
                #""additionalProperties":false},"strict":true,"cache_control":{"type":"ephemeral","ttl":"1h"}}]"#,
            ]),
        Row(
            name: "a form with a map, which no model can be held to",
            request: request {
                $0.outputFormat = .jsonSchema(
                    name: "x", description: nil,
                    schema: ["type": "object", "additionalProperties": ["type": "string"]], isStrict: false)
            },
            rest: [
                #""max_tokens":100,\#(hi),"tools":[{"name":"json","description":"Gives the answer. Call it with the "#,
                #"whole answer as its arguments.","input_schema":{"type":"object","additionalProperties":{"type":"#,
                #""string"}}}],"tool_choice":{"type":"tool","name":"json"}"#,
            ], outputTool: "json"),
        Row(
            name: "strict where it is unknown", model: .old,
            request: request {
                $0.tools = [ChatTool(.function(ChatTool.Function(name: "g", isStrict: true)))]
            },
            rest: [#""max_tokens":100,\#(hi),"tools":[{"name":"g","input_schema":{"type":"object","properties":{}}}]"#],
            dropped: ["tools.strict"]),
        Row(
            name: "tools of others",
            request: request {
                $0.tools = [
                    ChatTool(.hosted(.openai, name: "web", ["type": "web"])),
                    ChatTool(.hosted(.anthropic, name: "bash", ["type": "bash_20250124", "name": "bash"])),
                ]
            }, rest: [#""max_tokens":100,\#(hi),"tools":[{"type":"bash_20250124","name":"bash"}]"#],
            dropped: ["tools.hosted"]),
        Row(
            name: "a form by schema",
            request: request {
                $0.outputFormat = .jsonSchema(name: "x", description: nil, schema: schema, isStrict: true)
            },
            rest: [
                #""max_tokens":100,\#(hi),"output_config":{"format":{"type":"json_schema","schema":{"type":"object","#,
                #""properties":{"n":{"type":"integer","description":"{minimum: 1}"}},"required":["n"],"#,
                #""additionalProperties":false}}}"#,
            ]),
        Row(
            name: "a form by tool", model: .old,
            request: request {
                $0.outputFormat = .jsonSchema(
                    name: "x", description: "About x.", schema: ["type": "object"], isStrict: nil)
            },
            rest: [
                #""max_tokens":100,\#(hi),"tools":[{"name":"json","description":"Gives the answer. Call it with the "#,
                #"whole answer as its arguments. About x.","input_schema":{"type":"object"}}],"#,
                #""tool_choice":{"type":"tool","name":"json"}"#,
            ], outputTool: "json"),
        Row(
            name: "a form by tool beside tools", model: .old,
            request: request {
                $0.tools = [ChatTool(.function(ChatTool.Function(name: "json", parameters: ["type": "object"])))]
                $0.outputFormat = .jsonObject
            },
            rest: [
                #""max_tokens":100,\#(hi),"tools":[{"name":"json","input_schema":{"type":"object"}},"#,
                #"{"name":"json_answer","description":"Gives the answer. Call it with the whole answer as its "#,
                #"arguments.","input_schema":{"type":"object","properties":{},"additionalProperties":true}}],"#,
                #""tool_choice":{"type":"any"}"#,
            ], outputTool: "json_answer"),
        Row(
            name: "some object where calls cannot be forced", model: .always,
            request: request { $0.outputFormat = .jsonObject }, rest: [#""max_tokens":100,\#(hi)"#],
            dropped: ["response_format.json_object"]),
    ]

    @Test(arguments: forms)
    func `tools and forms are written`(row: Row) throws { try check(row) }

    private static let conversations: [Row] = [
        Row(
            name: "turns",
            request: request {
                $0.system = [.text("a"), ContentPart(.text("b"), cacheMark: .fiveMinutes), .text("")]
                $0.messages = [
                    ChatMessage(.user, [.text("1")]), ChatMessage(.user, [.text("2"), .text("")]),
                    ChatMessage(.assistant, [.text("")]), ChatMessage(.assistant, [.text("3 \n")]),
                ]
            },
            rest: [
                #""max_tokens":100,"system":[{"type":"text","text":"a"},{"type":"text","text":"b","#,
                #""cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":[{"type":"text","#,
                #""text":"1"},{"type":"text","text":"2"}]},{"role":"assistant","content":"3"}]"#,
            ]),
        Row(
            name: "the system in the middle", model: .adaptive,
            request: request {
                $0.messages.append(ChatMessage(.system, [.text("be brief")]))
                $0.messages.append(ChatMessage(.assistant, [.text("I")]))
            }, rest: [#""max_tokens":100,"system":"be brief",\#(hi)"#], dropped: ["messages.system", "prefill"]),
        Row(
            name: "the system alone",
            request: request {
                $0.system = [.text("say hi")]
                $0.messages = []
            }, rest: [#""max_tokens":100,"messages":[{"role":"user","content":"say hi"}]"#]),
        Row(
            name: "results first, in one message",
            request: request {
                $0.messages = [
                    ChatMessage(.user, [.text("go")]),
                    ChatMessage(
                        .assistant,
                        [
                            ContentPart(.toolCall(ToolCall(id: "call.1", name: "f", arguments: "{\"a\":1}"))),
                            ContentPart(.toolCall(ToolCall(id: "c2", name: "f", arguments: ""))),
                        ]),
                    ChatMessage(.user, [.text("well?")]),
                    ChatMessage(
                        .user, [ContentPart(.toolResult(ToolResult(callID: "call.1", parts: [.text("one")])))]),
                    ChatMessage(
                        .user,
                        [ContentPart(.toolResult(ToolResult(callID: "c2", parts: [], isError: true)))]),
                ]
                $0.tools = [tool]
            },
            rest: [
                #""max_tokens":100,"messages":[{"role":"user","content":"go"},{"role":"assistant","content":[{"#,
                #""type":"tool_use","id":"call_1","name":"f","input":{"a":1}},{"type":"tool_use","id":"c2","name":"f","#,
                #""input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"call_1","content":"one"#,
                #""},{"type":"tool_result","tool_use_id":"c2","is_error":true},{"type":"text","text":"well?"}]}],"#,
                toolJSON,
            ]),
        Row(
            name: "calls in a conversation without tools",
            request: request {
                $0.messages = [
                    ChatMessage(.assistant, [ContentPart(.toolCall(ToolCall(id: "c", name: "f", arguments: "[1]")))]),
                    ChatMessage(.user, [ContentPart(.toolResult(ToolResult(callID: "c", parts: [.text("x")])))]),
                ]
            },
            rest: [
                #""max_tokens":100,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"c","name":"f","#,
                #""input":{"value":[1]}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"c","#,
                #""content":"x"}]}],"tools":[{"name":"f","input_schema":{"type":"object","properties":{}}}],"#,
                #""tool_choice":{"type":"none"}"#,
            ]),
        Row(
            name: "thoughts go back to who had them",
            request: request {
                $0.messages = [
                    ChatMessage(
                        .assistant,
                        [
                            ContentPart(.thinking(Thinking("t", signature: Signature("s", origin: .anthropic)))),
                            ContentPart(.thinking(Thinking("", sealed: "z"))),
                            ContentPart(.thinking(Thinking("u", signature: Signature("s", origin: .gemini)))),
                            ContentPart(.thinking(Thinking("v"))), .text("x"),
                        ]), ChatMessage(.user, [.text("hi")]),
                ]
            },
            rest: [
                #""max_tokens":100,"messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"t","#,
                #""signature":"s"},{"type":"redacted_thinking","data":"z"},{"type":"text","text":"x"}]},"#,
                #"{"role":"user","content":"hi"}]"#,
            ]),
        Row(
            name: "a budget is refused where the thought is missing",
            request: request {
                $0.reasoning = ReasoningWish(effort: "low")
                $0.maximumOutputTokens = 4000
                $0.tools = [tool]
                $0.messages = [
                    ChatMessage(.assistant, [ContentPart(.toolCall(ToolCall(id: "c", name: "f", arguments: "{}")))]),
                    ChatMessage(.user, [ContentPart(.toolResult(ToolResult(callID: "c", parts: [])))]),
                ]
            },
            rest: [
                #""max_tokens":4000,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"c","name":"f","#,
                #""input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"c"}]}],\#(toolJSON)"#,
            ],
            dropped: ["reasoning"]),
        Row(
            name: "media",
            request: request {
                $0.messages[0].parts = [
                    ContentPart(.image(Media(.base64("iVBORw0KGgoAAA"), detail: "high"))),
                    ContentPart(.image(Media(.base64("AA"), mediaType: "image/jpg"))),
                    ContentPart(.image(Media(.url("https://a/b.png"), detail: "auto"))),
                    ContentPart(.document(Media(.base64("JVBERi0"), name: "a.pdf"))),
                    ContentPart(.document(Media(.base64("aGkh"), mediaType: "text/plain"))),
                    ContentPart(.document(Media(.text("abc"), name: "t"))),
                ]
            },
            rest: [
                #""max_tokens":100,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","#,
                #""media_type":"image/png","data":"iVBORw0KGgoAAA"}},{"type":"image","source":{"type":"base64","#,
                #""media_type":"image/jpeg","data":"AA"}},{"type":"image","source":{"type":"url","url":"#,
                #""https://a/b.png"}},{"type":"document","source":{"type":"base64","media_type":"application/pdf","#,
                #""data":"JVBERi0"},"title":"a.pdf"},{"type":"document","source":{"type":"text","media_type":"#,
                #""text/plain","data":"hi!"}},{"type":"document","source":{"type":"text","media_type":"text/plain","#,
                #""data":"abc"},"title":"t"}]}]"#,
            ], dropped: ["image.detail"]),
    ]

    @Test(arguments: conversations)
    func `the conversation is written`(row: Row) throws { try check(row) }

    @Test func `five marks are one too many`() throws {
        let marked = (1...5).map { ContentPart(.text("\($0)"), cacheMark: .fiveMinutes) }
        let encoded = try AnthropicChatRequest.encode(
            Self.request { $0.messages = [ChatMessage(.user, marked)] }, for: Known.budget.target)
        let blocks = try JSONValue(parsing: encoded.body)["messages"]?[0]?["content"]?.elements ?? []
        #expect(blocks.map { $0["cache_control"] != nil } == [false, true, true, true, true])
        #expect(encoded.dropped == ["cache_control"])
    }

    @Test func `a file of Anthropic's needs its flag`() throws {
        let encoded = try AnthropicChatRequest.encode(
            Self.request { $0.messages[0].parts = [ContentPart(.document(Media(.file("file_01"))))] },
            for: Known.budget.target)
        #expect(encoded.headers.map(\.name) == ["anthropic-beta"])
        #expect(encoded.headers.map(\.value) == ["files-api-2025-04-14"])
    }

    @Test(
        arguments: [
            (.image(Media(.file("file-abc"))), "file_id"), (.audio(Media(.base64("AA"))), "audio"),
            (.video(Media(.url("https://a"))), "video"),
            (.document(Media(.base64("AAAA"), mediaType: "application/msword")), "document"),
        ] as [(ContentPart.Kind, String)])
    func `what cannot be sent is refused`(kind: ContentPart.Kind, parameter: String) throws {
        let request = Self.request { $0.messages[0].parts = [ContentPart(kind)] }
        let failure = try #require(throws: Failure.self) {
            try AnthropicChatRequest.encode(request, for: Known.budget.target)
        }
        #expect(failure.kind == .unsupportedParameter && failure.parameter == parameter)
    }

    private func check(_ row: Row) throws {
        let encoded = try AnthropicChatRequest.encode(row.request, for: row.model.target)
        #expect(String(buffer: encoded.body) == "{\"model\":\"\(row.model.rawValue)\",\(row.rest.joined())}")
        #expect(encoded.dropped == row.dropped)
        #expect(encoded.outputTool == row.outputTool)
        #expect(encoded.headers.isEmpty)
    }
}
