import ModeluxCore
import NIOCore
import Testing

@testable import ModeluxWire

struct AnthropicChatRequestReaderTests {
    @Test func `a whole request is read`() throws {
        let request = try read(
            #"""
            {"model":"claude-x","max_tokens":2048,"stream":true,"temperature":0.5,"top_p":0.9,"top_k":40,
             "stop_sequences":["a","b"],"service_tier":"standard_only","metadata":{"user_id":"u","trace_id":"t"},
             "system":[{"type":"text","text":"be kind","cache_control":{"type":"ephemeral","ttl":"1h"}}],
             "messages":[{"role":"user","content":"hi"},{"role":"assistant","content":[{"type":"text","text":"yes?"}]},
              {"role":"user","content":[{"type":"text","text":"go on","cache_control":{"type":"ephemeral"}}]}],
             "tools":[{"name":"f","description":"d","input_schema":{"type":"object"},"strict":true,
              "cache_control":{"type":"ephemeral"}},{"type":"web_search_20250305","name":"web_search","max_uses":3}],
             "tool_choice":{"type":"any","disable_parallel_tool_use":true},"mlx:tags":{}}
            """#)
        #expect(request.maximumOutputTokens == 2048 && request.isStream)
        #expect(request.sampling.temperature == 0.5 && request.sampling.topP == 0.9 && request.sampling.topK == 40)
        #expect(request.stopSequences == ["a", "b"])
        #expect(request.serviceTier == "standard_only" && request.endUser == "u")
        #expect(request.system == [ContentPart(.text("be kind"), cacheMark: .oneHour)])
        #expect(
            request.messages == [
                ChatMessage(.user, [.text("hi")]), ChatMessage(.assistant, [.text("yes?")]),
                ChatMessage(.user, [ContentPart(.text("go on"), cacheMark: .fiveMinutes)]),
            ])
        #expect(request.tools.count == 2 && request.tools[0].cacheMark == .fiveMinutes)
        guard case .function(let function) = request.tools[0].kind,
            case .hosted(.anthropic, let name, _) = request.tools[1].kind
        else {
            Issue.record("the tools are \(request.tools)")
            return
        }
        #expect(function.name == "f" && function.isStrict == true && name == "web_search")
        #expect(request.toolChoice == .required && request.allowsParallelCalls == false)
        #expect(request.unmapped.isEmpty)
    }

    @Test func `calls and results find each other`() throws {
        let request = try read(
            #"""
            {"messages":[{"role":"user","content":"weather?"},
             {"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"s"},
              {"type":"redacted_thinking","data":"zzz"},{"type":"tool_use","id":"t1","name":"f","input":{"a":1.0}}]},
             {"role":"user","content":[{"type":"text","text":"so?"},{"type":"tool_result","tool_use_id":"t1",
              "is_error":true,"content":[{"type":"text","text":"rain"},{"type":"image","source":{"type":"base64",
              "media_type":"image/png","data":"AA"}}]}]}]}
            """#)
        #expect(
            request.messages[1].parts == [
                ContentPart(.thinking(Thinking("hm", signature: Signature("s", origin: .anthropic)))),
                ContentPart(.thinking(Thinking("", sealed: "zzz"))),
                ContentPart(.toolCall(ToolCall(id: "t1", name: "f", arguments: #"{"a":1.0}"#))),
            ])
        #expect(
            request.messages[2].parts == [
                ContentPart(
                    .toolResult(
                        ToolResult(
                            callID: "t1", name: "f",
                            parts: [
                                .text("rain"), ContentPart(.image(Media(.base64("AA"), mediaType: "image/png"))),
                            ], isError: true))),
                .text("so?"),
            ])
    }

    @Test func `a proof that another provider made goes back to it`() throws {
        let request = try read(
            #"{"messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"","signature":"gemini.x"},"#
                + #"{"type":"thinking","thinking":"mine","signature":""}]}]}"#)
        #expect(
            request.messages[0].parts == [
                ContentPart(.thinking(Thinking("", signature: Signature("x", origin: .gemini)))),
                ContentPart(.thinking(Thinking("mine"))),
            ])
    }

    @Test(
        arguments: [
            (
                #"{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JV"},"title":"t"}"#,
                ContentPart.Kind.document(Media(.base64("JV"), mediaType: "application/pdf", name: "t"))
            ),
            (
                #"{"type":"document","source":{"type":"text","media_type":"text/plain","data":"abc"}}"#,
                .document(Media(.text("abc"), mediaType: "text/plain"))
            ),
            (
                #"{"type":"document","source":{"type":"url","url":"https://a/b.pdf"}}"#,
                .document(Media(.url("https://a/b.pdf")))
            ),
            (#"{"type":"document","source":{"type":"file","file_id":"file_1"}}"#, .document(Media(.file("file_1")))),
            (
                #"{"type":"document","source":{"type":"content","content":[{"type":"text","text":"a"},"#
                    + #"{"type":"text","text":"b"}]}}"#, .document(Media(.text("a\n\nb"), mediaType: "text/plain"))
            ),
            (#"{"type":"image","source":{"type":"url","url":"https://a/b"}}"#, .image(Media(.url("https://a/b")))),
            (
                #"{"type":"search_result","source":"s","title":"t","content":[{"type":"text","text":"a"}]}"#,
                .document(Media(.text("a"), mediaType: "text/plain", name: "t"))
            ),
            (
                #"{"type":"server_tool_use","id":"s","name":"n","input":{}}"#,
                .foreign(.anthropic, ["type": "server_tool_use", "id": "s", "name": "n", "input": .object([])])
            ),
        ] as [(String, ContentPart.Kind)])
    func `a block is read as what it is`(block: String, expected: ContentPart.Kind) throws {
        let request = try read(#"{"messages":[{"role":"user","content":[\#(block)]}]}"#)
        #expect(request.messages[0].parts == [ContentPart(expected)])
    }

    @Test(
        arguments: [
            (
                #""thinking":{"type":"enabled","budget_tokens":2000}"#,
                ReasoningWish(budgetTokens: 2000, includesThoughts: true)
            ),
            (
                #""thinking":{"type":"adaptive"},"output_config":{"effort":"max"}"#,
                ReasoningWish(effort: "max", isAdaptive: true, includesThoughts: true)
            ),
            (
                #""thinking":{"type":"adaptive","display":"omitted"}"#,
                ReasoningWish(isAdaptive: true, includesThoughts: false)
            ),
            (#""thinking":{"type":"disabled"}"#, ReasoningWish(isDisabled: true)),
            (#""output_config":{"effort":"low"}"#, ReasoningWish(effort: "low")), (#""stream":false"#, nil),
        ] as [(String, ReasoningWish?)])
    func `a wish to think is read`(members: String, expected: ReasoningWish?) throws {
        #expect(try read(#"{"messages":[{"role":"user","content":"hi"}],\#(members)}"#).reasoning == expected)
    }

    @Test(
        arguments: [
            (#"{"output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}}"#),
            (#"{"output_format":{"type":"json_schema","schema":{"type":"object"}}"#),
        ])
    func `a form of the answer is read`(start: String) throws {
        let request = try read(start + #","messages":[{"role":"user","content":"hi"}]}"#)
        #expect(
            request.outputFormat
                == .jsonSchema(name: "response", description: nil, schema: ["type": "object"], isStrict: nil))
    }

    @Test func `what has no place is named`() throws {
        let request = try read(
            #"""
            {"messages":[{"role":"user","content":[{"type":"document","source":{"type":"text","data":"a"},
             "citations":{"enabled":true},"context":"c"}]}],"mcp_servers":[],"container":"c",
             "context_management":{},"metadata":{"x":1},"output_config":{"task_budget":{}},
             "tools":[{"name":"f","input_schema":{},"defer_loading":true,"input_examples":null}],"speed":"fast",
             "inference_geo":null}
            """#)
        #expect(
            request.unmapped == [
                "mcp_servers", "container", "context_management", "metadata.x", "output_config.task_budget",
                "tools.defer_loading", "speed", "citations", "document.context",
            ])
    }

    @Test func `a mark of the whole request is one on its last part`() throws {
        let request = try read(
            #"{"cache_control":{"type":"ephemeral","ttl":"1h"},"messages":[{"role":"user","content":"hi"}]}"#)
        #expect(request.messages[0].parts == [ContentPart(.text("hi"), cacheMark: .oneHour)])
    }

    @Test func `messages of the system keep their place`() throws {
        let request = try read(
            #"""
            {"messages":[{"role":"system","content":"a"},{"role":"user","content":"hi"},
            {"role":"system","content":"b"}],"system":"first"}
            """#)
        #expect(request.system == [.text("first"), .text("a")])
        #expect(request.messages == [ChatMessage(.user, [.text("hi")]), ChatMessage(.system, [.text("b")])])
    }

    @Test(
        arguments: [
            (#"{}"#, "messages"), (#"{"messages":[]}"#, "messages"), (#"{"messages":"hi"}"#, "messages"),
            (#"{"messages":[7]}"#, "messages[0]"), (#"{"messages":[{"content":"a"}]}"#, "messages[0].role"),
            (#"{"messages":[{"role":"user"}]}"#, "messages[0].content"),
            (#"{"messages":[{"role":"tool","content":"a"}]}"#, "messages[0].role"),
            (#"{"messages":[{"role":"user","content":7}]}"#, "messages[0].content"),
            (#"{"messages":[{"role":"user","content":[{}]}]}"#, "messages[0].content[0].type"),
            (#"{"messages":[{"role":"user","content":[{"type":"text"}]}]}"#, "messages[0].content[0].text"),
            (
                #"{"messages":[{"role":"user","content":[{"type":"image"}]}]}"#, "messages[0].content[0].source"
            ),
            (
                #"{"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64"}}]}]}"#,
                "messages[0].content[0].source.data"
            ),
            (
                #"{"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":[{"type":"#
                    + #""tool_result"}]}]}]}"#, "messages[0].content[0].content[0].type"
            ),
            (
                #"{"messages":[{"role":"user","content":"a"}],"tool_choice":{"type":"x"}}"#, "tool_choice.type"
            ),
            (#"{"messages":[{"role":"user","content":"a"}],"tools":[{"description":"x"}]}"#, "tools[0].name"),
            (#"{"messages":[{"role":"user","content":"a"}],"thinking":{"type":"enabled"}}"#, "thinking.budget_tokens"),
            (#"{"messages":[{"role":"user","content":"a"}],"temperature":"x"}"#, "temperature"),
            (
                #"{"messages":[{"role":"user","content":"a"}],"output_config":{"format":{"type":"x"}}}"#,
                "output_config.format.type"
            ),
        ])
    func `a wrong member is named`(body: String, parameter: String) throws {
        let failure = try #require(throws: Failure.self) { try read(body) }
        #expect(failure.parameter == parameter)
        #expect(failure.kind.status == 400)
    }

    private func read(_ body: String) throws -> ChatRequest {
        try AnthropicChatRequest.decode(try JSONValue(parsing: body))
    }
}
