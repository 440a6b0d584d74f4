import ModeluxCore
import NIOCore
import Testing

@testable import ModeluxWire

struct AnthropicRequestHeadTests {
    @Test func `everything the gateway asks for is found in one pass`() throws {
        let body = ByteBuffer(
            string: #"""
                {"model": "@fast", "stream": true, "max_tokens": 1024, "system": [{"type": "text", "text": "abcd"}],
                 "messages": [{"role": "user", "content": [{"type": "text", "text": "what is this?"},
                  {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAAAAAA"}}]}],
                 "metadata": {"user_id": "u-1", "trace_id": "t-1", "conversation_id": "c-1"},
                 "tools": [{"name": "f", "input_schema": {}}], "mlx:tags": {"team": "ml"}, "mlx:trace": true,
                 "mlx:cache": {"skip": true}, "unknown": [{"model": 1}]}
                """#)
        let head = try InquiryHead.read(body, endpoint: .messages)
        #expect(head.model == "@fast")
        #expect(head.isStream && head.hasTools && head.hasImages && head.wantsTrace && head.skipsCache)
        #expect(!head.asksForUsage && !head.removesUsageChunk(addsUsageRequest: true))
        #expect(head.maximumOutputTokens == 1024 && head.choices == 1)
        #expect(head.endUser == "u-1" && head.traceID == "t-1" && head.conversationID == "c-1")
        #expect(head.tags.pairs.map { "\($0.key)=\($0.value)" } == ["team=ml"])
        #expect(head.attachmentBytes == 8)
        let prompt = try #require(
            body.getSlice(at: body.readerIndex + head.prompt.lowerBound, length: head.prompt.count))
        #expect(try JSONValue(parsing: prompt)[0]?["role"]?.string == "user")
    }

    @Test(
        arguments: [
            (#"{"type":"image","source":{"data":"AAAA","type":"base64"}}"#, 4, true),
            (#"{"type":"document","source":{"type":"text","data":"AAAA"}}"#, 0, false),
            (#"{"type":"document","source":{"type":"base64","data":"AAAA"}}"#, 4, false),
            (#"{"type":"image","source":{"type":"url","url":"https://a/b"}}"#, 0, true),
            (
                #"{"type":"tool_result","content":[{"type":"image","source":{"type":"base64","data":"AA"}}]}"#, 2,
                true
            ),
            (
                #"{"type":"tool_result","content":[{"type":"document","source":{"type":"content","content":[{"type":"#
                    + #""image","source":{"type":"base64","data":"AA"}}]}}]}"#, 2, true
            ),
            (#"{"type":"text","text":"image"}"#, 0, false), (#"7"#, 0, false),
            (#"{"type":7,"source":"base64","content":"AAAA"}"#, 0, false),
        ])
    func `attachments are found at every place`(part: String, bytes: Int, hasImages: Bool) throws {
        let head = try read(#"{"model":"m","messages":[{"role":"user","content":[\#(part)]}]}"#)
        #expect(head.attachmentBytes == bytes)
        #expect(head.hasImages == hasImages)
        #expect(head.textBytes >= 0)
    }

    @Test func `contents nested without end are passed over`() throws {
        let nested = String(repeating: #"{"content":["#, count: 50) + String(repeating: "]}", count: 50)
        let head = try read(#"{"model":"m","messages":[\#(nested)]}"#)
        #expect(!head.hasImages)
    }

    @Test(
        arguments: [
            (#"{"messages":[]}"#, Failure.Kind.missingField, "model"),
            (#"{"model":7}"#, .missingField, "model"),
            (#"{"model":"m","messages":"hi"}"#, .unsupportedParameter, "messages"),
            (#"{"model":"m","stream":"yes"}"#, .unsupportedParameter, "stream"),
            (#"{"model":"m","max_tokens":"12"}"#, .unsupportedParameter, "max_tokens"),
            (#"{"model":"m","mlx:tags":{"a":1}}"#, .unsupportedParameter, "mlx:tags"),
            (#"{"model":"a","model":"b"}"#, .invalidJSON, nil),
            (#"{"model":"a","mlx:trace":true,"mlx:trace":false}"#, .invalidJSON, nil),
            (#"{"model":"m","messages":[}"#, .invalidJSON, nil),
            (#"{"model":"m","messages":[{"content":[{"source":{]}]}"#, .invalidJSON, nil),
        ] as [(String, Failure.Kind, String?)])
    func `a wrong member is named`(body: String, kind: Failure.Kind, parameter: String?) throws {
        let failure = try #require(throws: Failure.self) { try read(body) }
        #expect(failure.kind == kind)
        #expect(failure.parameter == parameter)
    }

    @Test func `a prompt can be required`() throws {
        try read(#"{"model":"m","messages":[]}"#).requirePrompt()
        let failure = try #require(throws: Failure.self) { try read(#"{"model":"m"}"#).requirePrompt() }
        #expect(failure.parameter == "messages")
    }

    @Test(arguments: [
        (#"{"model":"a", "x":1.0}"#, #"{"model":"b", "x":1.0}"#),
        (#"{"mlx:a":1,"model":"a","stream":true}"#, #"{"model":"b","stream":true}"#),
        // Anthropic takes only the user there.
        (
            #"{"model":"a","metadata":{"trace_id":"t","user_id":"u","conversation_id":"c"},"mlx:a":1}"#,
            #"{"model":"b","metadata":{"user_id":"u"}}"#
        ),
        (
            #"{"metadata": { "trace_id" : "t", "conversation_id":"c" } ,"model":"a"}"#,
            #"{"metadata": { } ,"model":"b"}"#
        ),
        (#"{"metadata":{"trace_id":"t"},"mlx:b":{},"model":"a"}"#, #"{"metadata":{},"model":"b"}"#),
        (#"{"metadata":null,"model":"a"}"#, #"{"metadata":null,"model":"b"}"#),
        // Thoughts of others, wherever they stand; not what Anthropic made, and never the whole message.
        (
            #"{"model":"a","messages":[{"content":[{"type":"thinking","signature":""}, {"type":"text"}]}]}"#,
            #"{"model":"b","messages":[{"content":[{"type":"text"}]}]}"#
        ),
        (
            #"{"model":"a","messages":[{"content":[{"type":"text"},{"signature":"gemini.x","type":"thinking"} ]}]}"#,
            #"{"model":"b","messages":[{"content":[{"type":"text"} ]}]}"#
        ),
        (
            #"{"model":"a","messages":[{"content":[{"type":"thinking","signature":"s"},{"type":"x","signature":""}]}]}"#,
            #"{"model":"b","messages":[{"content":[{"type":"thinking","signature":"s"},{"type":"x","signature":""}]}]}"#
        ),
        (
            #"{"model":"a","messages":[{"content":[{"type":"thinking","signature":""}]}]}"#,
            #"{"model":"b","messages":[{"content":[{"type":"thinking","signature":""}]}]}"#
        ),
    ])
    func `the provider's body differs only where it must`(body: String, expected: String) throws {
        let buffer = ByteBuffer(string: body)
        for endpoint in [InquiryHead.Endpoint.messages, .countTokens] {
            let head = try InquiryHead.read(buffer, endpoint: endpoint)
            let patched = head.upstreamBody(buffer, model: "b", addsUsageRequest: true)
            #expect(String(buffer: patched).replacing("{  }", with: "{ }") == expected)
        }
    }

    @Test func `the end user of the gateway's own member wins`() throws {
        let head = try read(#"{"model":"m","mlx:end_user":"ada","metadata":{"user_id":"u"}}"#)
        #expect(head.endUser == "ada")
        #expect(try read(#"{"model":"m","metadata":{"user_id":7}}"#).endUser == nil)
    }

    @discardableResult
    private func read(_ body: String) throws(Failure) -> InquiryHead {
        try InquiryHead.read(ByteBuffer(string: body), endpoint: .messages)
    }
}
