import ModeluxCore
import NIOCore
import Testing

@testable import ModeluxWire

struct BedrockChatRequestTests {
    private static let haiku = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
    private static let nova = "us.amazon.nova-2-lite-v1:0"

    private func encode(
        _ model: String = haiku, entry: Model? = nil, _ change: (inout ChatRequest) -> Void
    ) throws -> (body: JSONValue, dropped: [String], outputTool: String?) {
        var request = ChatRequest()
        request.messages = [ChatMessage(.user, [.text("Hi")])]
        change(&request)
        let target = ChatTarget(vendor: .bedrock, model: model, entry: entry)
        let encoded = try BedrockChatRequest.encode(request, for: target)
        return (try JSONValue(parsing: encoded.body), encoded.dropped, encoded.outputTool)
    }

    private func call(_ id: String, _ arguments: String = #"{"city":"SF"}"#) -> ContentPart {
        ContentPart(.toolCall(ToolCall(id: id, name: "weather", arguments: arguments)))
    }

    private func result(_ id: String, _ parts: [ContentPart], isError: Bool = false) -> ContentPart {
        ContentPart(.toolResult(ToolResult(callID: id, parts: parts, isError: isError)))
    }

    private func function(_ name: String = "f", isStrict: Bool? = nil) -> ChatTool {
        let schema: JSONValue = ["type": "object", "properties": ["a": ["type": "integer", "minimum": 0]]]
        return ChatTool(.function(.init(name: name, description: "d", parameters: schema, isStrict: isStrict)))
    }

    @Test func `a plain request has messages, instructions and limits alone`() throws {
        let (body, dropped, _) = try encode {
            $0.system = [.text("Be brief."), .text(" ")]
            $0.maximumOutputTokens = 100
            $0.sampling.temperature = 0.5
            $0.stopSequences = ["|"]
            $0.isStream = true
        }
        #expect(
            body == [
                "messages": [["role": "user", "content": [["text": "Hi"]]]], "system": [["text": "Be brief."]],
                "inferenceConfig": ["maxTokens": 100, "temperature": .number("0.5"), "stopSequences": ["|"]],
                "additionalModelResponseFieldPaths": ["/stop_sequence"],
            ])
        #expect(dropped.isEmpty)
        let alone = try encode {
            $0.messages = []
            $0.system = [.text("Say hi.")]
        }
        #expect(alone.body == ["messages": [["role": "user", "content": [["text": "Say hi."]]]]])
    }

    @Test func `turns alternate, begin with the user's, and have nothing empty in them`() throws {
        let (body, dropped, _) = try encode {
            $0.messages = [
                ChatMessage(.assistant, [.text("Hello")]), ChatMessage(.user, [.text("a"), .text("\n")]),
                ChatMessage(.system, [.text("later")]), ChatMessage(.user, [.text("b")], name: "Bob"),
                ChatMessage(.assistant, [.text(" "), .text("So: ")]),
            ]
        }
        #expect(
            body == [
                "messages": [
                    ["role": "user", "content": [["text": "."]]],
                    ["role": "assistant", "content": [["text": "Hello"]]],
                    ["role": "user", "content": [["text": "a"], ["text": "b"]]],
                    ["role": "assistant", "content": [["text": "So:"]]],
                ], "system": [["text": "later"]],
            ])
        #expect(Set(dropped) == ["name", "messages.system"])
    }

    @Test func `calls and results keep their ids, results stand first`() throws {
        let long = String(repeating: "x", count: 70) + ".1"
        let (body, _, _) = try encode {
            $0.messages += [
                ChatMessage(.assistant, [.text("Let me see."), call("call.1"), call(long, "")]),
                ChatMessage(.user, [.text("first")]),
                ChatMessage(
                    .user,
                    [
                        result("call.1", [.text("21"), ContentPart(.image(Media(.base64("R0lGOD"))))]),
                        result(long, [], isError: true),
                    ]),
            ]
        }
        let content = body["messages"]?[1]?["content"]
        #expect(content?[1] == ["toolUse": ["toolUseId": "call_1", "name": "weather", "input": ["city": "SF"]]])
        let id = try #require(content?[2]?["toolUse"]?["toolUseId"]?.string)
        #expect(id.utf8.count <= 64 && id.hasPrefix("xxxx") && content?[2]?["toolUse"]?["input"] == [:])
        #expect(
            body["messages"]?[2]?["content"] == [
                [
                    "toolResult": [
                        "toolUseId": "call_1",
                        "content": [["text": "21"], ["image": ["format": "gif", "source": ["bytes": "R0lGOD"]]]],
                    ]
                ],
                ["toolResult": ["toolUseId": .string(id), "content": [["text": ""]], "status": "error"]],
                ["text": "first"],
            ])
        // A conversation with calls needs tools, whatever the request has.
        #expect(
            body["toolConfig"] == [
                "tools": [
                    [
                        "toolSpec": [
                            "name": "weather",
                            "inputSchema": ["json": ["type": "object", "properties": [:]]],
                        ]
                    ]
                ]
            ])
    }

    private static let choices: [(ToolChoice?, JSONValue?)] = [
        (nil, nil), (.auto, ["auto": [:]]), (.required, ["any": [:]]), (.named("f"), ["tool": ["name": "f"]]),
    ]

    @Test(arguments: choices)
    func `a choice has its form`(choice: ToolChoice?, expected: JSONValue?) throws {
        let (body, dropped, _) = try encode {
            $0.tools = [function()]
            $0.toolChoice = choice
        }
        #expect(body["toolConfig"]?["toolChoice"] == expected)
        #expect(
            body["toolConfig"]?["tools"]?[0]?["toolSpec"] == [
                "name": "f", "description": "d",
                "inputSchema": [
                    "json": ["type": "object", "properties": ["a": ["type": "integer", "minimum": 0]]]
                ],
            ])
        #expect(dropped.isEmpty)
    }

    @Test func `no call at all means no tools, unless the conversation has calls`() throws {
        let without = try encode {
            $0.tools = [function()]
            $0.toolChoice = ToolChoice.none
        }
        #expect(without.body["toolConfig"] == nil && without.dropped.isEmpty)
        let with = try encode {
            $0.messages += [ChatMessage(.assistant, [call("t")]), ChatMessage(.user, [result("t", [.text("x")])])]
            $0.tools = [function()]
            $0.toolChoice = ToolChoice.none
        }
        #expect(with.body["toolConfig"]?["tools"]?.elements?.count == 1)
        #expect(with.body["toolConfig"]?["toolChoice"] == nil && with.dropped == ["tool_choice"])
    }

    @Test func `what the catalogue says that a model refuses is left out and named`() throws {
        let model = Model(
            name: "m", mode: "chat", maximumOutputTokens: 50,
            capabilities: ["tools", "reasoning", "adaptive_thinking"],
            rejects: ["sampling_params", "prefill", "forced_tool_choice"])
        let (body, dropped, _) = try encode("us.anthropic.claude-opus-5-5", entry: model) {
            $0.maximumOutputTokens = 100
            $0.sampling.temperature = 0.7
            $0.sampling.topK = 5
            $0.tools = [function()]
            $0.toolChoice = .required
            $0.messages.append(ChatMessage(.assistant, [.text("{")]))
        }
        #expect(body["inferenceConfig"] == ["maxTokens": 50])
        #expect(body["toolConfig"]?["toolChoice"] == nil && body["messages"]?.elements?.count == 1)
        #expect(Set(dropped) == ["temperature", "top_k", "tool_choice", "prefill"])
    }

    @Test func `strict tools are held to their schema where the model can`() throws {
        let strict = try encode { $0.tools = [function(isStrict: true)] }
        let specification = strict.body["toolConfig"]?["tools"]?[0]?["toolSpec"]
        #expect(specification?["strict"] == true && strict.dropped.isEmpty)
        #expect(specification?["inputSchema"]?["json"]?["additionalProperties"] == false)
        let nova = try encode(Self.nova) { $0.tools = [function(isStrict: true)] }
        #expect(nova.body["toolConfig"]?["tools"]?[0]?["toolSpec"]?["strict"] == nil)
        #expect(nova.dropped == ["tools.strict"])
    }

    @Test func `marks are blocks of their own`() throws {
        let marked: (inout ChatRequest) -> Void = {
            $0.system = [ContentPart(.text("s"), cacheMark: .oneHour)]
            $0.messages = [ChatMessage(.user, [ContentPart(.text("a"), cacheMark: .fiveMinutes), .text("b")])]
            $0.tools = [ChatTool(.function(.init(name: "f")), cacheMark: .fiveMinutes)]
        }
        let (body, dropped, _) = try encode(Self.haiku, entry: nil, marked)
        let point: JSONValue = ["cachePoint": ["type": "default"]]
        #expect(body["system"] == [["text": "s"], ["cachePoint": ["type": "default", "ttl": "1h"]]])
        #expect(body["messages"]?[0]?["content"] == [["text": "a"], point, ["text": "b"]])
        #expect(body["toolConfig"]?["tools"]?[1] == point && dropped.isEmpty)
        let other = try encode("meta.llama3-70b-instruct-v1:0", entry: nil, marked)
        #expect(other.body["system"] == [["text": "s"]] && other.dropped == ["cache_control"])
        let many = try encode { request in
            request.messages = (0..<6).map { index in
                ChatMessage(index % 2 == 0 ? .user : .assistant, [ContentPart(.text("x"), cacheMark: .fiveMinutes)])
            }
        }
        let points = many.body["messages"]?.elements?.map { $0["content"]?.elements?.count }
        #expect(points == [1, 1, 2, 2, 2, 2] && many.dropped == ["cache_control"])
    }

    // MARK: Forms and thoughts

    @Test func `a schema holds the answer where the model can, else a call does`() throws {
        let schema: JSONValue = [
            "type": "object", "properties": ["a": ["type": "string"]], "additionalProperties": false,
        ]
        let format = OutputFormat.jsonSchema(name: "n", description: "d", schema: schema, isStrict: true)
        let held = try encode { $0.outputFormat = format }
        #expect(
            held.body["outputConfig"]?["textFormat"] == [
                "type": "json_schema",
                "structure": [
                    "jsonSchema": [
                        "schema":
                            #"{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}"#,
                        "name": "n", "description": "d",
                    ]
                ],
            ])
        #expect(held.outputTool == nil && held.dropped.isEmpty)
        let called = try encode("anthropic.claude-3-5-sonnet-20240620-v1:0") { $0.outputFormat = format }
        #expect(called.outputTool == "n" && called.body["outputConfig"] == nil)
        #expect(called.body["toolConfig"]?["toolChoice"] == ["tool": ["name": "n"]])
        #expect(called.body["toolConfig"]?["tools"]?[0]?["toolSpec"]?["inputSchema"]?["json"] == schema)
        let both = try encode(Self.nova) {
            $0.outputFormat = .jsonObject
            $0.tools = [function("json_response")]
        }
        #expect(both.outputTool == "json_response_output")
        #expect(both.body["toolConfig"]?["toolChoice"] == ["any": [:]])
        let unable = try encode("mistral.mistral-7b", entry: Model(name: "m", mode: "chat")) {
            $0.outputFormat = format
        }
        #expect(unable.outputTool == nil && unable.dropped == ["response_format.json_schema"])
    }

    private static let wishes: [(String, ReasoningWish, JSONValue?, Bool)] = [
        (
            "us.anthropic.claude-sonnet-4-5-20250929-v1:0", ReasoningWish(budgetTokens: 2000),
            ["thinking": ["type": "enabled", "budget_tokens": 2000]], true
        ),
        (
            "us.anthropic.claude-opus-4-8", ReasoningWish(effort: "high"),
            ["thinking": ["type": "adaptive"], "output_config": ["effort": "high"]], true
        ),
        ("anthropic.claude-3-5-sonnet-20240620-v1:0", ReasoningWish(effort: "low"), nil, false),
        (
            nova, ReasoningWish(effort: "xhigh"),
            ["reasoningConfig": ["type": "enabled", "maxReasoningEffort": "high"]], true
        ),
        (nova, ReasoningWish(isDisabled: true), nil, true),
        ("openai.gpt-oss-20b-1:0", ReasoningWish(budgetTokens: 1024), ["reasoning_effort": "low"], true),
        ("openai.gpt-oss-20b-1:0", ReasoningWish(effort: "none"), nil, false),
        ("meta.llama3-70b-instruct-v1:0", ReasoningWish(effort: "low"), nil, false),
    ]

    @Test(arguments: wishes)
    func `thinking is told in the model's own fields`(
        model: String, wish: ReasoningWish, expected: JSONValue?, isMet: Bool
    ) throws {
        let (body, dropped, _) = try encode(model) { $0.reasoning = wish }
        #expect(body["additionalModelRequestFields"] == expected)
        #expect(dropped == (isMet ? [] : ["reasoning"]))
    }

    @Test func `Claude's thoughts go back with their proof, to Claude alone`() throws {
        let thoughts = [
            Thinking("mine", signature: Signature("s", origin: .anthropic)), Thinking("", sealed: "Eu8E"),
            Thinking("others", signature: Signature("p", origin: .gemini)), Thinking("unproved"),
        ]
        let messages = [
            ChatMessage(.user, [.text("?")]),
            ChatMessage(.assistant, thoughts.map { ContentPart(.thinking($0)) } + [.text("x")]),
            ChatMessage(.user, [.text("go on")]),
        ]
        let (body, dropped, _) = try encode { $0.messages = messages }
        #expect(
            body["messages"]?[1]?["content"] == [
                ["reasoningContent": ["reasoningText": ["text": "mine", "signature": "s"]]],
                ["reasoningContent": ["redactedContent": .string(Base64.encoded("Eu8E"))]], ["text": "x"],
            ])
        #expect(dropped.isEmpty)
        let nova = try encode(Self.nova) { $0.messages = messages }
        #expect(nova.body["messages"]?[1]?["content"] == [["text": "x"]])
    }

    // MARK: Media and the rest

    @Test func `media have formats, documents names of their own`() throws {
        let (body, dropped, _) = try encode {
            $0.messages = [
                ChatMessage(
                    .user,
                    [
                        ContentPart(.document(Media(.base64("JVBERi0x"), name: "My  report_v1.0.pdf"))),
                        ContentPart(.document(Media(.text("a,b"), mediaType: "text/csv", name: "My report v1.pdf"))),
                        ContentPart(.document(Media(.text("x"), name: "My report v1 0"))),
                        ContentPart(.image(Media(.base64("iVBORw0KGgo")))),
                    ])
            ]
        }
        #expect(
            body["messages"]?[0]?["content"] == [
                ["document": ["format": "pdf", "source": ["bytes": "JVBERi0x"], "name": "My report v1 0"]],
                ["document": ["format": "csv", "source": ["bytes": "YSxi"], "name": "My report v1"]],
                ["document": ["format": "txt", "source": ["bytes": "eA=="], "name": "My report v1 0 2"]],
                ["image": ["format": "png", "source": ["bytes": "iVBORw0KGgo"]]],
                ["text": "."],
            ])
        #expect(dropped.isEmpty)
    }

    @Test(
        arguments: [
            .image(Media(.url("https://h/a.png"))), .image(Media(.base64("AAAA"), mediaType: "image/tiff")),
            .image(Media(.file("file-1"))), .document(Media(.base64("AAAA"))), .audio(Media(.base64("SUQz"))),
        ] as [ContentPart.Kind])
    func `media that nobody could see are refused`(kind: ContentPart.Kind) {
        let failure = #expect(throws: Failure.self) {
            _ = try encode { $0.messages = [ChatMessage(.user, [ContentPart(kind)])] }
        }
        #expect(failure?.kind == .unsupportedParameter)
    }

    @Test func `films go to models that take them, from S3 too`() throws {
        let film = ContentPart(.video(Media(.url("s3://b/a.mov"))))
        let (body, _, _) = try encode(Self.nova) { $0.messages = [ChatMessage(.user, [film])] }
        #expect(
            body["messages"]?[0]?["content"] == [
                ["video": ["format": "mov", "source": ["s3Location": ["uri": "s3://b/a.mov"]]]]
            ])
        #expect(throws: Failure.self) { _ = try encode { $0.messages = [ChatMessage(.user, [film])] } }
    }

    @Test func `models without instructions are told by the user`() throws {
        let (body, _, _) = try encode("amazon.titan-text-express-v1") { $0.system = [.text("Be brief.")] }
        #expect(
            body == ["messages": [["role": "user", "content": [["text": "Be brief."], ["text": "Hi"]]]]])
    }

    @Test func `tiers, labels and what has no place`() throws {
        let (body, dropped, _) = try encode {
            $0.serviceTier = "flex"
            $0.metadata = [JSONValue.Member("team", "a b")]
            $0.store = false
            $0.sampling.seed = 1
            $0.choices = 2
            $0.endUser = "u"
            $0.unmapped = ["prediction"]
            $0.tools = [ChatTool(.hosted(.openai, name: "web_search", [:])), function()]
            $0.allowsParallelCalls = false
        }
        #expect(body["serviceTier"] == ["type": "flex"] && body["requestMetadata"] == ["team": "a b"])
        #expect(
            Set(dropped) == ["seed", "n", "user", "prediction", "tools.hosted", "parallel_tool_calls"])
        let other = try encode {
            $0.serviceTier = "scale"
            $0.metadata = [JSONValue.Member("team", "ü")]
            $0.sampling.temperature = 1.5
            $0.sampling.topP = 0.9
        }
        #expect(Set(other.dropped) == ["service_tier", "metadata", "temperature"])
        #expect(other.body["inferenceConfig"] == ["topP": .number("0.9")])
        let nova = try encode(Self.nova) { $0.sampling.topK = 40 }
        #expect(nova.body["additionalModelRequestFields"] == ["inferenceConfig": ["topK": 40]])
    }
}
