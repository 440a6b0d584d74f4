import ModeluxCore
import Testing

@testable import ModeluxWire

struct OpenAIChatRequestReaderTests {
    @Test func `a conversation keeps its order, its ids and its names`() throws {
        let request = try decode(
            #"""
            {"model":"m","mlx:tags":{"a":"b"},"messages":[
              {"role":"system","content":"one"},
              {"role":"developer","content":[{"type":"text","text":"two","cache_control":{"type":"ephemeral","ttl":"1h"}}]},
              {"role":"user","name":"eve","content":"hi"},
              {"role":"assistant","content":null,"tool_calls":[
                {"id":"c1","type":"function","function":{"name":"f","arguments":"{\"x\": 1.0}"}},
                {"id":"c2","type":"function","function":{"name":"g","arguments":""},
                 "extra_content":{"google":{"thought_signature":"sig"}}}]},
              {"role":"tool","tool_call_id":"c1","content":"r1"},
              {"role":"tool","tool_call_id":"c2","content":[{"type":"text","text":"r2"}]},
              {"role":"system","content":"three"},
              {"role":"assistant","content":"bye","refusal":null,"annotations":[]}]}
            """#)
        #expect(request.system == [.text("one"), ContentPart(.text("two"), cacheMark: .oneHour)])
        #expect(
            request.messages == [
                ChatMessage(.user, [.text("hi")], name: "eve"),
                ChatMessage(
                    .assistant,
                    [
                        ContentPart(.toolCall(ToolCall(id: "c1", name: "f", arguments: #"{"x": 1.0}"#))),
                        ContentPart(
                            .toolCall(
                                ToolCall(
                                    id: "c2", name: "g", arguments: "{}",
                                    signature: Signature("sig", origin: .gemini)))),
                    ]),
                ChatMessage(
                    .user,
                    [
                        ContentPart(.toolResult(ToolResult(callID: "c1", name: "f", parts: [.text("r1")]))),
                        ContentPart(.toolResult(ToolResult(callID: "c2", name: "g", parts: [.text("r2")]))),
                    ]),
                ChatMessage(.system, [.text("three")]),
                ChatMessage(.assistant, [.text("bye")]),
            ])
        #expect(request.unmapped.isEmpty)
    }

    @Test(arguments: [
        (#"{"type":"text","text":"t"}"#, ContentPart.Kind.text("t")),
        (#"{"type":"refusal","refusal":"no"}"#, .refusal("no")),
        (
            #"{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA","detail":"low"}}"#,
            .image(Media(.base64("AAAA"), mediaType: "image/png", detail: "low"))
        ),
        (
            #"{"type":"image_url","image_url":{"url":"https://x.test/a.jpg?b=c.png"}}"#,
            .image(Media(.url("https://x.test/a.jpg?b=c.png"), mediaType: "image/jpeg"))
        ),
        (#"{"type":"image_url","image_url":"https://x.test/a"}"#, .image(Media(.url("https://x.test/a")))),
        (
            #"{"type":"input_audio","input_audio":{"data":"AAAA","format":"mp3"}}"#,
            .audio(Media(.base64("AAAA"), mediaType: "audio/mpeg"))
        ),
        (
            #"{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,AAAA"}}"#,
            .document(Media(.base64("AAAA"), mediaType: "application/pdf", name: "a.pdf"))
        ),
        (#"{"type":"file","file":{"file_id":"file-1"}}"#, .document(Media(.file("file-1")))),
        (
            #"{"type":"file","file":{"filename":"v.mp4","file_data":"gs://bucket/v.mp4"}}"#,
            .video(Media(.url("gs://bucket/v.mp4"), mediaType: "video/mp4", name: "v.mp4"))
        ),
        (
            #"{"type":"file","file":{"file_data":"data:text/plain,a%20b"}}"#,
            .document(Media(.text("a b"), mediaType: "text/plain"))
        ),
        (
            #"{"type":"video_url","video_url":{"url":"https://x.test/a.mov"}}"#,
            .video(Media(.url("https://x.test/a.mov"), mediaType: "video/quicktime"))
        ),
        (
            #"{"type":"thinking","thinking":[{"type":"text","text":"h"},{"type":"text","text":"m"}]}"#,
            .thinking(Thinking("hm"))
        ),
    ])
    func `a part is what it says`(json: String, expected: ContentPart.Kind) throws {
        let request = try decode(#"{"messages":[{"role":"user","content":[\#(json)]}]}"#)
        #expect(request.messages == [ChatMessage(.user, [ContentPart(expected)])])
    }

    @Test(arguments: [
        (
            #""reasoning_details":[{"type":"reasoning.text","text":"a","index":0},{"type":"reasoning.text","text":"b","signature":"s","format":"anthropic-claude-v1","index":0}],"reasoning_content":"ab""#,
            [Thinking("ab", signature: Signature("s", origin: .anthropic))]
        ),
        (
            #""reasoning_details":[{"type":"reasoning.text","signature":"s","format":"anthropic-claude-v1","index":0}],"reasoning_content":"ab""#,
            [Thinking("ab", signature: Signature("s", origin: .anthropic))]
        ),
        (
            #""reasoning_details":[{"type":"reasoning.encrypted","data":"d","format":"anthropic-claude-v1"}]"#,
            [Thinking("", sealed: "d")]
        ),
        (
            #""thinking_blocks":[{"type":"thinking","thinking":"a","signature":"s"},{"type":"redacted_thinking","data":"d"}]"#,
            [Thinking("a", signature: Signature("s", origin: .anthropic)), Thinking("", sealed: "d")]
        ),
        (#""reasoning_content":"a","reasoning":"a""#, [Thinking("a")]), (#""reasoning":"a""#, [Thinking("a")]),
        (#""reasoning_content":"""#, []),
    ])
    func `thoughts come back in every form that clients know`(json: String, expected: [Thinking]) throws {
        let request = try decode(#"{"messages":[{"role":"assistant","content":"x",\#(json)}]}"#)
        #expect(request.messages.first?.parts == expected.map { ContentPart(.thinking($0)) } + [.text("x")])
    }

    @Test func `OpenRouter's proof of a tool call is found by the call's id`() throws {
        let request = try decode(
            #"""
            {"messages":[{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f","arguments":"{}"}}],
             "reasoning_details":[{"type":"reasoning.encrypted","id":"c","data":"sig","format":"google-gemini-v1"}]}]}
            """#)
        let call = ToolCall(id: "c", name: "f", arguments: "{}", signature: Signature("sig", origin: .gemini))
        #expect(request.messages.first?.parts == [ContentPart(.toolCall(call))])
    }

    @Test func `legacy functions are calls and results`() throws {
        let request = try decode(
            #"""
            {"functions":[{"name":"f","parameters":{"type":"object"}}],"function_call":{"name":"f"},"messages":[
             {"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},
             {"role":"function","name":"f","content":"r"}]}
            """#)
        #expect(
            request.tools == [ChatTool(.function(ChatTool.Function(name: "f", parameters: ["type": "object"])))])
        #expect(request.toolChoice == .named("f"))
        let id = "call_legacy_1"
        #expect(
            request.messages == [
                ChatMessage(.assistant, [ContentPart(.toolCall(ToolCall(id: id, name: "f", arguments: "{}")))]),
                ChatMessage(
                    .user, [ContentPart(.toolResult(ToolResult(callID: id, name: "f", parts: [.text("r")])))]),
            ])
    }

    @Test func `every member has its place`() throws {
        let request = try decode(
            #"""
            {"messages":[{"role":"user","content":"x"}],"stream":true,"stream_options":{"include_usage":true},
             "tools":[{"type":"function","function":{"name":"f","description":"d","strict":true,"parameters":{}},
                       "cache_control":{"type":"ephemeral"}},{"type":"custom","custom":{"name":"g"}}],
             "tool_choice":"required","parallel_tool_calls":false,"max_tokens":5,"max_completion_tokens":7.0,"n":2,
             "response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{"type":"object"},"strict":true}},
             "temperature":0.5,"top_p":1,"top_k":3,"frequency_penalty":-1,"presence_penalty":1,"seed":9,
             "logit_bias":{"5":1},"logprobs":true,"top_logprobs":2,"stop":["a","b"],"reasoning_effort":"low",
             "service_tier":"flex","user":"u","safety_identifier":"s","metadata":{"k":"v"},"store":false,
             "modalities":["text"],"prediction":null}
            """#)
        var expected = ChatRequest()
        expected.messages = [ChatMessage(.user, [.text("x")])]
        expected.isStream = true
        expected.tools = [
            ChatTool(
                .function(ChatTool.Function(name: "f", description: "d", parameters: [:], isStrict: true)),
                cacheMark: .fiveMinutes),
            ChatTool(.hosted(.openai, name: "g", ["type": "custom", "custom": ["name": "g"]])),
        ]
        expected.toolChoice = .required
        expected.allowsParallelCalls = false
        expected.maximumOutputTokens = 7
        expected.choices = 2
        expected.outputFormat = .jsonSchema(
            name: "s", description: nil, schema: ["type": "object"], isStrict: true)
        expected.sampling.temperature = 0.5
        expected.sampling.topP = 1
        expected.sampling.topK = 3
        expected.sampling.frequencyPenalty = -1
        expected.sampling.presencePenalty = 1
        expected.sampling.seed = 9
        expected.sampling.logitBias = ["5": 1]
        expected.logProbabilities = ChatRequest.LogProbabilities(alternatives: 2)
        expected.stopSequences = ["a", "b"]
        expected.reasoning = ReasoningWish(effort: "low")
        expected.serviceTier = "flex"
        expected.endUser = "u"
        expected.metadata = [JSONValue.Member("k", "v")]
        expected.store = false
        #expect(request == expected)
    }

    @Test(arguments: [
        (#""reasoning_effort":"none""#, ReasoningWish(effort: "none", isDisabled: true)),
        (
            #""reasoning":{"max_tokens":2000,"exclude":true}"#,
            ReasoningWish(budgetTokens: 2000, includesThoughts: false)
        ),
        (#""reasoning":{"effort":"high"}"#, ReasoningWish(effort: "high")),
        (#""thinking":{"type":"enabled","budget_tokens":1024}"#, ReasoningWish(budgetTokens: 1024)),
        (#""thinking":{"type":"disabled"}"#, ReasoningWish(isDisabled: true)),
        (#""include_reasoning":true"#, ReasoningWish(includesThoughts: true)),
        (
            #""extra_body":{"google":{"thinking_config":{"thinking_budget":-1,"include_thoughts":true}}}"#,
            ReasoningWish(isAdaptive: true, includesThoughts: true)
        ),
        (#""temperature":1"#, nil),
    ])
    func `a wish to think has many names`(json: String, expected: ReasoningWish?) throws {
        #expect(try decode(#"{"messages":[{"role":"user","content":"x"}],\#(json)}"#).reasoning == expected)
    }

    @Test(arguments: [
        (#""prediction":{"type":"content"}"#, ["prediction"]), (#""modalities":["text","audio"]"#, ["modalities"]),
        (#""audio":{"voice":"x"}"#, ["audio"]), (#""web_search_options":{}"#, ["web_search_options"]),
        (#""prompt_cache_key":"k""#, ["prompt_cache_key"]), (#""extra_body":{"a":1}"#, ["extra_body"]),
        (#""mlx:trace":true"#, []), (#""verbosity":null"#, []),
    ])
    func `what has no place is named`(json: String, expected: [String]) throws {
        #expect(try decode(#"{"messages":[{"role":"user","content":"x"}],\#(json)}"#).unmapped == expected)
    }

    @Test func `only the allowed tools are offered`() throws {
        let tools = #"[{"type":"function","function":{"name":"a"}},{"type":"function","function":{"name":"b"}}]"#
        let choice =
            #"{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"b"}}]}}"#
        let request = try decode(
            #"{"messages":[{"role":"user","content":"x"}],"tools":\#(tools),"tool_choice":\#(choice)}"#)
        #expect(request.toolChoice == .required)
        #expect(request.tools == [ChatTool(.function(ChatTool.Function(name: "b")))])
    }

    @Test(arguments: [
        (#"[]"#, nil), (#"{}"#, "messages"), (#"{"messages":[]}"#, "messages"), (#"{"messages":{}}"#, "messages"),
        (#"{"messages":[1]}"#, "messages[0]"), (#"{"messages":[{}]}"#, "messages[0].role"),
        (#"{"messages":[{"role":"robot","content":"x"}]}"#, "messages[0].role"),
        (#"{"messages":[{"role":"user"}]}"#, "messages[0].content"),
        (#"{"messages":[{"role":"user","content":[{"type":"smell"}]}]}"#, "messages[0].content[0].type"),
        (#"{"messages":[{"role":"user","content":[{"type":"text"}]}]}"#, "messages[0].content[0].text"),
        (
            #"{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"not an address"}}]}]}"#,
            "messages[0].content[0].image_url.url"
        ),
        (#"{"messages":[{"role":"tool","content":"x"}]}"#, "messages[0].tool_call_id"),
        (#"{"messages":[{"role":"function","name":"f","content":"x"}]}"#, "messages[0].name"),
        (
            #"{"messages":[{"role":"assistant","tool_calls":[{"id":"a","function":{"name":"f","arguments":{}}}]}]}"#,
            "messages[0].tool_calls[0].function.arguments"
        ),
        (#"{"messages":[{"role":"user","content":"x"}],"n":0}"#, "n"),
        (#"{"messages":[{"role":"user","content":"x"}],"temperature":"hot"}"#, "temperature"),
        (#"{"messages":[{"role":"user","content":"x"}],"stop":[1]}"#, "stop[0]"),
        (#"{"messages":[{"role":"user","content":"x"}],"top_logprobs":21}"#, "top_logprobs"),
        (#"{"messages":[{"role":"user","content":"x"}],"response_format":{"type":"xml"}}"#, "response_format.type"),
        (#"{"messages":[{"role":"user","content":"x"}],"tool_choice":"some"}"#, "tool_choice"),
        (#"{"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function"}]}"#, "tools[0].function"),
    ])
    func `an error names the parameter`(json: String, parameter: String?) throws {
        let body = try JSONValue(parsing: json)
        let failure = #expect(throws: Failure.self) { try OpenAIChatRequest.decode(body) }
        #expect(failure?.parameter == parameter)
        #expect(failure?.kind.status == 400)
    }

    private func decode(_ json: String) throws -> ChatRequest {
        try OpenAIChatRequest.decode(JSONValue(parsing: json))
    }
}
