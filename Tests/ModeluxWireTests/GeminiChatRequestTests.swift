import ModeluxCore
import NIOCore
import Testing

@testable import ModeluxWire

struct GeminiChatRequestTests {
    private func encode(
        _ model: String = "gemini-2.5-flash", entry: Model? = nil, _ change: (inout ChatRequest) -> Void
    ) throws -> (body: JSONValue, dropped: [String], outputTool: String?) {
        var request = ChatRequest()
        request.messages = [ChatMessage(.user, [.text("Hi")])]
        change(&request)
        let target = ChatTarget(vendor: .google, model: model, entry: entry)
        let encoded = try GeminiChatRequest.encode(request, for: target)
        return (try JSONValue(parsing: encoded.body), encoded.dropped, encoded.outputTool)
    }

    private func call(_ id: String, _ city: String, _ signature: String? = nil) -> ContentPart {
        ContentPart(
            .toolCall(
                ToolCall(
                    id: id, name: "weather", arguments: #"{"city":"\#(city)"}"#,
                    signature: signature.map { Signature($0, origin: .gemini) })))
    }

    private func result(_ id: String, _ text: String, isError: Bool = false) -> ContentPart {
        ContentPart(.toolResult(ToolResult(callID: id, parts: [.text(text)], isError: isError)))
    }

    @Test func `a plain request has contents and instructions alone`() throws {
        let (body, dropped, _) = try encode { $0.system = [.text("Always say ok."), .text("Be brief.")] }
        #expect(
            body == [
                "contents": [["role": "user", "parts": [["text": "Hi"]]]],
                "systemInstruction": ["parts": [["text": "Always say ok."], ["text": "Be brief."]]],
            ])
        #expect(dropped.isEmpty)
    }

    @Test func `neighbours of one role are one turn, and instructions alone are a question`() throws {
        let (body, dropped, _) = try encode {
            $0.messages = [
                ChatMessage(.user, [.text("a")]), ChatMessage(.user, [.text("b"), .text("")], name: "Bob"),
                ChatMessage(.assistant, [.text("c"), ContentPart(.refusal("d"))]),
                ChatMessage(.system, [.text("later")]), ChatMessage(.user, [.text("e")]),
            ]
        }
        #expect(
            body == [
                "contents": [
                    ["role": "user", "parts": [["text": "a"], ["text": "b"]]],
                    ["role": "model", "parts": [["text": "c"], ["text": "d"]]],
                    ["role": "user", "parts": [["text": "e"]]],
                ], "systemInstruction": ["parts": [["text": "later"]]],
            ])
        #expect(dropped == ["name", "messages.system"])
        let alone = try encode {
            $0.messages = []
            $0.system = [.text("Say hi.")]
        }
        #expect(alone.body == ["contents": [["role": "user", "parts": [["text": "Say hi."]]]]])
    }

    @Test func `sampling and limits have their names`() throws {
        let (body, dropped, _) = try encode {
            $0.sampling.temperature = 0.7
            $0.sampling.topP = 1
            $0.sampling.topK = 40
            $0.sampling.presencePenalty = -0.5
            $0.sampling.frequencyPenalty = 0.25
            $0.sampling.seed = 12345
            $0.maximumOutputTokens = 300
            $0.stopSequences = ["a", "b", "c", "d", "e"]
            $0.choices = 2
            $0.logProbabilities = .init(alternatives: 3)
        }
        #expect(
            body["generationConfig"] == [
                "temperature": .number("0.7"), "topP": 1, "topK": 40, "maxOutputTokens": 300,
                "stopSequences": ["a", "b", "c", "d", "e"], "candidateCount": 2, "seed": 12345,
                "presencePenalty": .number("-0.5"), "frequencyPenalty": .number("0.25"), "responseLogprobs": true,
                "logprobs": 3,
            ])
        #expect(dropped.isEmpty)
    }

    @Test func `what has no place is named`() throws {
        let marked = [ContentPart(.text("s"), cacheMark: .oneHour)]
        let (body, dropped, _) = try encode {
            $0.stopSequences = ["1", "2", "3", "4", "5", "6"]
            $0.sampling.seed = 1 << 40
            $0.sampling.logitBias = ["1": 2]
            $0.endUser = "u"
            $0.metadata = [JSONValue.Member("a", "b")]
            $0.store = true
            $0.serviceTier = "scale"
            $0.unmapped = ["prediction"]
            $0.system = marked
        }
        #expect(try encode("gemini-2.0-flash") { $0.system = marked }.dropped == ["cache_control"])
        #expect(body["generationConfig"]?["stopSequences"]?.elements?.count == 5)
        #expect(body["generationConfig"]?["seed"] == nil && body["serviceTier"] == nil)
        #expect(
            dropped == [
                "stop", "seed", "logit_bias", "service_tier", "user", "metadata", "store",
                "prediction",
            ])
        let kept = try encode {
            $0.store = false
            $0.serviceTier = "priority"
        }
        #expect(kept.body["serviceTier"] == "priority" && kept.dropped.isEmpty)
        #expect(try encode { $0.serviceTier = "auto" }.dropped.isEmpty)
    }

    @Test func `the catalogue's limits hold`() throws {
        let model = Model(
            name: "m", mode: "chat", maximumOutputTokens: 8192, rejects: ["sampling_params"])
        let (body, dropped, _) = try encode(entry: model) {
            $0.maximumOutputTokens = 32_000
            $0.sampling.temperature = 1
        }
        #expect(body["generationConfig"] == ["maxOutputTokens": 8192])
        #expect(dropped == ["temperature"])
    }

    @Test func `calls in parallel keep their answers in order, whatever ids they have`() throws {
        let (body, _, _) = try encode {
            $0.messages = [
                ChatMessage(.user, [.text("?")]),
                ChatMessage(.assistant, [.text("Let me see."), call("call_sf", "SF"), call("call_ny", "NY")]),
                ChatMessage(.user, [result("call_ny", "cold"), result("call_sf", #"{"degrees":21.50}"#)]),
                ChatMessage(.user, [.text("And?")]),
            ]
        }
        #expect(
            body["contents"] == [
                ["role": "user", "parts": [["text": "?"]]],
                [
                    "role": "model",
                    "parts": [
                        ["text": "Let me see."],
                        ["functionCall": ["name": "weather", "args": ["city": "SF"]]],
                        ["functionCall": ["name": "weather", "args": ["city": "NY"]]],
                    ],
                ],
                [
                    "role": "user",
                    "parts": [
                        ["functionResponse": ["name": "weather", "response": ["degrees": .number("21.50")]]],
                        ["functionResponse": ["name": "weather", "response": ["result": "cold"]]],
                    ],
                ],
                ["role": "user", "parts": [["text": "And?"]]],
            ])
    }

    @Test func `Gemini's own ids and proofs go back, a failed call says so`() throws {
        let (body, _, _) = try encode("gemini-3-flash-preview") {
            $0.messages = [
                ChatMessage(.user, [.text("?")]),
                ChatMessage(.assistant, [call("dv8szvqe", "SF", "proof1"), call("j80tal12", "NY")]),
                ChatMessage(.user, [result("dv8szvqe", "21"), result("j80tal12", "no such city", isError: true)]),
            ]
        }
        let parts = body["contents"]?[1]?["parts"]
        #expect(parts?[0]?["functionCall"]?["id"] == "dv8szvqe")
        #expect(parts?[0]?["thoughtSignature"] == "proof1")
        #expect(parts?[1]?["thoughtSignature"] == nil)
        #expect(
            body["contents"]?[2]?["parts"]?[1] == [
                "functionResponse": ["id": "j80tal12", "name": "weather", "response": ["error": "no such city"]]
            ])
    }

    @Test func `calls of other models stand in the current turn with the word for it`() throws {
        let messages = [
            ChatMessage(.user, [.text("?")]), ChatMessage(.assistant, [call("call_1", "SF")]),
            ChatMessage(.user, [result("call_1", "21")]), ChatMessage(.assistant, [.text("21")]),
            ChatMessage(.user, [.text("and NY?")]),
            ChatMessage(.assistant, [call("call_2", "NY"), call("call_3", "LA")]),
            ChatMessage(.user, [result("call_2", "3"), result("call_3", "30")]),
        ]
        let third = try encode("gemini-3.5-flash") { $0.messages = messages }.body["contents"]
        #expect(third?[1]?["parts"]?[0]?["thoughtSignature"] == nil)
        #expect(third?[5]?["parts"]?[0]?["thoughtSignature"] == "skip_thought_signature_validator")
        #expect(third?[5]?["parts"]?[1]?["thoughtSignature"] == nil)
        let older = try encode("gemini-2.5-pro") { $0.messages = messages }.body["contents"]
        #expect(older?[5]?["parts"]?[0]?["thoughtSignature"] == nil)
    }

    @Test func `thoughts go back with Gemini's proof alone`() throws {
        let thoughts = [
            Thinking("mine", signature: Signature("p1", origin: .gemini)),
            Thinking("others", signature: Signature("p2", origin: .anthropic)), Thinking("unproved"),
            Thinking("", sealed: "sealed"),
        ]
        let (body, dropped, _) = try encode {
            $0.messages += [
                ChatMessage(
                    .assistant,
                    thoughts.map { ContentPart(.thinking($0)) } + [
                        .text("x"), ContentPart(.thinking(Thinking("", signature: Signature("p3", origin: .gemini)))),
                    ])
            ]
        }
        #expect(
            body["contents"]?[1]?["parts"] == [
                ["text": "mine", "thought": true, "thoughtSignature": "p1"], ["text": "x"],
                ["text": "", "thoughtSignature": "p3"],
            ])
        #expect(dropped.isEmpty)
    }

    private static let images: [(Media, JSONValue)] = [
        (Media(.base64("iVBORw0KGgoAAA")), ["inlineData": ["mimeType": "image/png", "data": "iVBORw0KGgoAAA"]]),
        (
            Media(.base64("AAAA"), mediaType: "image/webp"),
            ["inlineData": ["mimeType": "image/webp", "data": "AAAA"]]
        ),
        (
            Media(.url("https://h/a.jpg?x=1")),
            ["fileData": ["fileUri": "https://h/a.jpg?x=1", "mimeType": "image/jpeg"]]
        ),
        (Media(.url("gs://b/a.png")), ["fileData": ["fileUri": "gs://b/a.png", "mimeType": "image/png"]]),
        (
            Media(.file("files/abc"), mediaType: "image/gif"),
            [
                "fileData": [
                    "fileUri": "https://generativelanguage.googleapis.com/v1beta/files/abc",
                    "mimeType": "image/gif",
                ]
            ]
        ),
    ]

    @Test(arguments: images)
    func `an image goes as bytes or as an address`(media: Media, expected: JSONValue) throws {
        let (body, dropped, _) = try encode { $0.messages = [ChatMessage(.user, [ContentPart(.image(media))])] }
        #expect(body["contents"]?[0]?["parts"] == [expected])
        #expect(dropped.isEmpty)
    }

    @Test func `media that nobody could see are refused`() {
        for (model, media) in [
            ("gemini-2.0-flash", Media(.url("https://h/a.jpg"))), ("gemini-2.5-flash", Media(.file("file-abc"))),
        ] {
            let failure = #expect(throws: Failure.self) {
                _ = try encode(model) { $0.messages = [ChatMessage(.user, [ContentPart(.image(media))])] }
            }
            #expect(failure?.kind == .unsupportedParameter)
        }
    }

    @Test func `documents, sounds and films go inline`() throws {
        let (body, dropped, _) = try encode {
            $0.messages = [
                ChatMessage(
                    .user,
                    [
                        ContentPart(.document(Media(.base64("JVBERi0x"), name: "a.pdf"))),
                        ContentPart(.document(Media(.text("abcd")))), ContentPart(.audio(Media(.base64("SUQzBAAA")))),
                        ContentPart(.video(Media(.base64("AAAAIGZ0eXBpc29t")))),
                        ContentPart(.image(Media(.base64("/9j/4AAQ"), detail: "low"))),
                    ])
            ]
        }
        let types = body["contents"]?[0]?["parts"]?.elements?.map { $0["inlineData"]?["mimeType"]?.string }
        #expect(types == ["application/pdf", "text/plain", "audio/mpeg", "video/mp4", "image/jpeg"])
        #expect(body["contents"]?[0]?["parts"]?[1]?["inlineData"]?["data"] == "YWJjZA==")
        #expect(dropped == ["image.detail"])
    }

    @Test func `an image in a tool's answer follows it`() throws {
        let (body, _, _) = try encode {
            $0.messages += [
                ChatMessage(.assistant, [call("call_1", "SF")]),
                ChatMessage(
                    .user,
                    [
                        ContentPart(
                            .toolResult(
                                ToolResult(
                                    callID: "call_1",
                                    parts: [.text("see"), ContentPart(.image(Media(.base64("R0lGOD"))))])))
                    ]),
            ]
        }
        #expect(
            body["contents"]?[2] == [
                "role": "user",
                "parts": [["functionResponse": ["name": "weather", "response": ["result": "see"]]]],
            ])
        #expect(body["contents"]?[3]?["parts"]?[0]?["inlineData"]?["mimeType"] == "image/gif")
    }

    // MARK: Tools

    private func function(_ schema: JSONValue?, isStrict: Bool? = nil) -> ChatTool {
        ChatTool(.function(.init(name: "f", description: "d", parameters: schema, isStrict: isStrict)))
    }

    private static let schemas: [(JSONValue?, JSONValue)] = [
        (
            ["type": "object", "properties": ["a": ["type": "string"]], "additionalProperties": false],
            ["parameters": ["type": "OBJECT", "properties": ["a": ["type": "STRING"]]]]
        ),
        (
            [
                "$schema": "x", "type": "object",
                "properties": [
                    "a": ["type": ["integer", "null"], "format": "uuid"],
                    "b": ["anyOf": [["type": "string", "format": "date-time"], ["type": "null"]]],
                    "c": ["type": "array", "items": ["type": "number", "minimum": 0]],
                ],
            ],
            [
                "parameters": [
                    "type": "OBJECT",
                    "properties": [
                        "a": ["type": "INTEGER", "nullable": true],
                        "b": ["anyOf": [["type": "STRING", "format": "date-time"]], "nullable": true],
                        "c": ["type": "ARRAY", "items": ["type": "NUMBER", "minimum": 0]],
                    ],
                ]
            ]
        ),
        (
            ["type": "object", "properties": ["a": ["type": "number", "exclusiveMinimum": 0]]],
            [
                "parametersJsonSchema": [
                    "type": "object", "properties": ["a": ["type": "number", "exclusiveMinimum": 0]],
                ]
            ]
        ),
        (
            ["type": "object", "properties": ["a": ["$ref": "#/$defs/x"]], "$defs": ["x": ["type": "string"]]],
            [
                "parametersJsonSchema": [
                    "type": "object", "properties": ["a": ["$ref": "#/$defs/x"]],
                    "$defs": ["x": ["type": "string"]],
                ]
            ]
        ),
        (["type": "object", "properties": [:]], ["parameters": ["type": "OBJECT", "properties": [:]]]),
        (
            ["type": "object", "properties": ["a": ["type": "object"]]],
            ["parametersJsonSchema": ["type": "object", "properties": ["a": ["type": "object"]]]]
        ),
        (
            ["type": "object", "properties": ["a": ["type": "array"]]],
            ["parametersJsonSchema": ["type": "object", "properties": ["a": ["type": "array"]]]]
        ),
        (
            ["type": "object", "properties": ["a": ["description": "any"]]],
            ["parametersJsonSchema": ["type": "object", "properties": ["a": ["description": "any"]]]]
        ),
        (nil, [:]),
    ]

    @Test(arguments: schemas)
    func `a schema goes in the subset where that says all of it`(schema: JSONValue?, expected: JSONValue) throws {
        let (body, _, _) = try encode { $0.tools = [function(schema)] }
        let declared = body["tools"]?[0]?["functionDeclarations"]?[0]?.members ?? []
        #expect(declared.prefix(2).map(\.name) == ["name", "description"])
        #expect(JSONValue.object(Array(declared.dropFirst(2))) == expected)
        #expect(body["toolConfig"] == nil)
    }

    private static let choices: [(ToolChoice, JSONValue)] = [
        (ToolChoice.auto, ["mode": "AUTO"]), (.none, ["mode": "NONE"]), (.required, ["mode": "ANY"]),
        (.named("f"), ["mode": "ANY", "allowedFunctionNames": ["f"]]),
    ]

    @Test(arguments: choices)
    func `a choice has its mode`(choice: ToolChoice, expected: JSONValue) throws {
        let (body, dropped, _) = try encode {
            $0.tools = [function(nil)]
            $0.toolChoice = choice
            $0.allowsParallelCalls = false
        }
        #expect(body["toolConfig"]?["functionCallingConfig"] == expected)
        #expect(dropped == ["parallel_tool_calls"])
    }

    @Test func `strict functions are held to their schema where the model can`() throws {
        let third = try encode("gemini-3-pro-preview") { $0.tools = [function(nil, isStrict: true)] }
        #expect(third.body["toolConfig"]?["functionCallingConfig"]?["mode"] == "VALIDATED" && third.dropped.isEmpty)
        let older = try encode { $0.tools = [function(nil, isStrict: true)] }
        #expect(older.body["toolConfig"] == nil && older.dropped == ["tools.strict"])
    }

    @Test func `hosted tools of Google's go as they are, others are named`() throws {
        let (body, dropped, _) = try encode {
            $0.tools = [
                ChatTool(.hosted(.gemini, name: "googleSearch", ["googleSearch": [:]])),
                ChatTool(.hosted(.openai, name: "web_search", ["type": "web_search"])), function(nil),
            ]
        }
        #expect(body["tools"]?[0] == ["googleSearch": [:]])
        #expect(body["tools"]?.elements?.count == 2)
        #expect(dropped == ["tools.hosted"])
    }

    // MARK: Forms and thoughts

    @Test func `a form is asked for by type and schema`() throws {
        let schema: JSONValue = ["type": "object", "properties": ["a": ["type": "integer", "minimum": 0]]]
        let json = try encode { $0.outputFormat = .jsonObject }
        #expect(json.body["generationConfig"] == ["responseMimeType": "application/json"])
        let format = OutputFormat.jsonSchema(name: "n", description: nil, schema: schema, isStrict: true)
        let form = try encode { $0.outputFormat = format }
        #expect(
            form.body["generationConfig"]
                == ["responseMimeType": "application/json", "responseJsonSchema": schema])
        let old = try encode("gemini-1.5-pro") { $0.outputFormat = format }
        #expect(old.body["generationConfig"]?["responseSchema"]?["type"] == "OBJECT")
        #expect(form.dropped.isEmpty && form.outputTool == nil)
    }

    @Test func `a form beside functions is one more function, unless the model takes both`() throws {
        let format = OutputFormat.jsonSchema(
            name: "f", description: nil, schema: ["type": "object"], isStrict: nil)
        let third = try encode("gemini-3-flash") {
            $0.tools = [function(nil)]
            $0.outputFormat = format
        }
        #expect(third.outputTool == nil && third.body["generationConfig"]?["responseJsonSchema"] != nil)
        let older = try encode {
            $0.tools = [function(nil)]
            $0.outputFormat = format
        }
        #expect(older.outputTool == "f_output" && older.body["generationConfig"] == nil)
        #expect(older.body["toolConfig"]?["functionCallingConfig"] == ["mode": "ANY"])
        #expect(older.body["tools"]?[0]?["functionDeclarations"]?[1]?["name"] == "f_output")
        let none = try encode {
            $0.tools = [function(nil)]
            $0.toolChoice = ToolChoice.none
            $0.outputFormat = format
        }
        #expect(none.outputTool == nil && none.body["generationConfig"]?["responseJsonSchema"] != nil)
        let plain = try encode {
            $0.tools = [function(nil)]
            $0.outputFormat = .jsonObject
        }
        #expect(plain.dropped == ["response_format.json_object"])
    }

    private static let thoughts: [(String, ReasoningWish, JSONValue?, Bool)] = [
        (
            "gemini-2.5-flash", ReasoningWish(effort: "medium"), ["thinkingBudget": 8192, "includeThoughts": true],
            true
        ),
        ("gemini-2.5-flash", ReasoningWish(effort: "none"), ["thinkingBudget": 0], true),
        ("gemini-2.5-flash", ReasoningWish(isDisabled: true), ["thinkingBudget": 0], true),
        (
            "gemini-2.5-flash", ReasoningWish(budgetTokens: 99_999),
            ["thinkingBudget": 24_576, "includeThoughts": true],
            true
        ),
        (
            "gemini-2.5-flash", ReasoningWish(isAdaptive: true), ["thinkingBudget": -1, "includeThoughts": true],
            true
        ),
        (
            "gemini-2.5-flash-lite", ReasoningWish(budgetTokens: 100, includesThoughts: false),
            ["thinkingBudget": 512],
            true
        ),
        ("gemini-2.5-pro", ReasoningWish(effort: "none"), ["thinkingBudget": 128], false),
        (
            "gemini-2.5-pro", ReasoningWish(effort: "max"), ["thinkingBudget": 32_768, "includeThoughts": true],
            true
        ),
        (
            "gemini-3-flash-preview", ReasoningWish(effort: "medium"),
            ["thinkingLevel": "MEDIUM", "includeThoughts": true],
            true
        ),
        (
            "gemini-3-pro-preview", ReasoningWish(effort: "medium"),
            ["thinkingLevel": "HIGH", "includeThoughts": true],
            true
        ),
        (
            "gemini-3.1-pro", ReasoningWish(budgetTokens: 8000),
            ["thinkingLevel": "MEDIUM", "includeThoughts": true], true
        ),
        ("gemini-flash-latest", ReasoningWish(effort: "none"), ["thinkingLevel": "MINIMAL"], false),
        ("gemini-3-pro-preview", ReasoningWish(isAdaptive: true), ["includeThoughts": true], true),
        ("gemini-2.0-flash", ReasoningWish(effort: "high"), nil, false),
        ("gemini-2.0-flash", ReasoningWish(effort: "none"), nil, true),
    ]

    @Test(arguments: thoughts)
    func `thinking is a budget or a level`(
        model: String, wish: ReasoningWish, expected: JSONValue?, isMet: Bool
    ) throws {
        let (body, dropped, _) = try encode(model) { $0.reasoning = wish }
        #expect(body["generationConfig"]?["thinkingConfig"] == expected)
        #expect(dropped == (isMet ? [] : ["reasoning"]))
    }
}
