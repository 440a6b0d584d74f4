import ModeluxCore
import NIOCore
import Testing

@testable import ModeluxWire

struct InquiryHeadTests {
    private static let messages = #""messages":[{"role":"user","content":"hi"}]"#

    @Test func `everything the gateway asks for is found in one pass`() throws {
        let body = ByteBuffer(
            string: #"""
                {"model": "openai/gpt-4o", "stream": true, "stream_options": {"include_usage": true}, "n": 3,
                 "messages": [{"role": "user", "content": [{"type": "text", "text": "what is this?"},
                  {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]}],
                 "max_tokens": 10, "max_completion_tokens": 20, "user": "u-1",
                 "metadata": {"trace_id": "t-1", "conversation_id": "c-1", "other": 1},
                 "tools": [{"type": "function"}], "mlx:tags": {"team": "ml", "env": "dév"}, "mlx:trace": true,
                 "mlx:cache": {"skip": true}, "mlx:end_user": "ada", "unknown": [{"model": 1}]}
                """#)
        let head = try InquiryHead.read(body, endpoint: .chat)
        #expect(head.model == "openai/gpt-4o")
        #expect(head.isStream && head.asksForUsage && head.hasTools && head.hasImages && head.wantsTrace)
        #expect(head.skipsCache)
        #expect(head.choices == 3)
        #expect(head.maximumOutputTokens == 20)
        #expect(head.endUser == "ada")
        #expect(head.traceID == "t-1" && head.conversationID == "c-1")
        #expect(head.tags.pairs.map { "\($0.key)=\($0.value)" } == ["team=ml", "env=dév"])
        #expect(head.attachmentBytes == 26)
        let prompt = try #require(
            body.getSlice(at: body.readerIndex + head.prompt.lowerBound, length: head.prompt.count))
        #expect(try JSONValue(parsing: prompt)[0]?["role"]?.string == "user")
    }

    @Test func `the least request has the defaults`() throws {
        let head = try read("{\"model\":\"m\",\(Self.messages)}")
        #expect(!head.isStream && !head.asksForUsage && !head.hasTools && !head.hasImages && !head.wantsTrace)
        #expect(head.choices == 1)
        #expect(head.maximumOutputTokens == nil && head.endUser == nil && head.traceID == nil)
        #expect(head.tags.isEmpty)
    }

    @Test(arguments: [
        #"{"model":"m","stream":null,"n":null,"max_tokens":null,"user":null,"tools":null,"metadata":null,"#
            + #""mlx:tags":null,"mlx:cache":null,"mlx:trace":null,"mlx:end_user":null,"stream_options":null,"#,
        #"{"model":"m","max_tokens":-1,"user":["no string"],"metadata":"odd","tools":[],"#,
    ])
    func `null and what only the provider judges count as absent`(start: String) throws {
        let head = try read(start + Self.messages + "}")
        #expect(!head.isStream && !head.hasTools && !head.wantsTrace)
        #expect(head.choices == 1)
        #expect(head.maximumOutputTokens == nil && head.endUser == nil)
    }

    @Test(
        arguments: [
            (#"{"messages":[]}"#, Failure.Kind.missingField, "model"), (#"{"model":null}"#, .missingField, "model"),
            (#"{"model":""}"#, .missingField, "model"), (#"{"model":4}"#, .missingField, "model"),
            (#"{"model":"m","messages":"hi"}"#, .unsupportedParameter, "messages"),
            (#"{"model":"m","stream":"yes"}"#, .unsupportedParameter, "stream"),
            (#"{"model":"m","stream_options":[]}"#, .unsupportedParameter, "stream_options"),
            (
                #"{"model":"m","stream_options":{"include_usage":1}}"#, .unsupportedParameter,
                "stream_options.include_usage"
            ),
            (#"{"model":"m","max_tokens":"12"}"#, .unsupportedParameter, "max_tokens"),
            (#"{"model":"m","max_completion_tokens":1.5}"#, .unsupportedParameter, "max_completion_tokens"),
            (#"{"model":"m","n":true}"#, .unsupportedParameter, "n"),
            (#"{"model":"m","mlx:tags":["a"]}"#, .unsupportedParameter, "mlx:tags"),
            (#"{"model":"m","mlx:tags":{"a":1}}"#, .unsupportedParameter, "mlx:tags"),
            (#"{"model":"m","mlx:tags":{"":"x"}}"#, .unsupportedParameter, "mlx:tags"),
            (#"{"model":"m","mlx:trace":1}"#, .unsupportedParameter, "mlx:trace"),
            (#"{"model":"m","mlx:cache":true}"#, .unsupportedParameter, "mlx:cache"),
            (#"{"model":"m","mlx:cache":{"skip":"x"}}"#, .unsupportedParameter, "mlx:cache.skip"),
            (#"{"model":"m","mlx:end_user":7}"#, .unsupportedParameter, "mlx:end_user"),
            ("", .invalidJSON, nil), ("[]", .invalidJSON, nil), ("null", .invalidJSON, nil), ("{", .invalidJSON, nil),
            (#"{"model":"m"} x"#, .invalidJSON, nil), (#"{"model":"a","model":"b"}"#, .invalidJSON, nil),
            (#"{"model":"a","mod\u0065l":"b"}"#, .invalidJSON, nil),
            (#"{"model":"a","stream":false,"stream":true}"#, .invalidJSON, nil),
            (#"{"model":"a","stream_options":{"include_usage":true,"include_usage":false}}"#, .invalidJSON, nil),
        ] as [(String, Failure.Kind, String?)])
    func `a wrong member is named`(body: String, kind: Failure.Kind, parameter: String?) throws {
        let failure = try #require(throws: Failure.self) { try read(body) }
        #expect(failure.kind == kind)
        #expect(failure.parameter == parameter)
        #expect(failure.kind.status == 400)
    }

    @Test func `an error says where`() throws {
        let failure = try #require(throws: Failure.self) { try read(#"{"model":"m",}"#) }
        #expect(
            failure.message == "the request body is not valid JSON: expected a member name in double quotes at byte 13")
    }

    @Test func `a prompt can be required`() throws {
        try read("{\"model\":\"m\",\(Self.messages)}").requirePrompt()
        #expect(throws: Failure.self) { try read(#"{"model":"m"}"#).requirePrompt() }
        try read(#"{"model":"m","input":["a"]}"#, .embeddings).requirePrompt()
        #expect(throws: Failure.self) { try read("{\"model\":\"m\",\(Self.messages)}", .embeddings).requirePrompt() }
    }

    @Test(arguments: [
        // Nothing to change but the model.
        (#"{ "model" : "a", "x":1.0 }"#, #"{ "model" : "up\"b", "x":1.0 }"#),
        // Our members go with their commas, wherever they stand.
        (#"{"mlx:a":1,"model":"a"}"#, #"{"model":"up\"b"}"#),
        (#"{ "mlx:a" : 1 , "mlx:b":{}, "model":"a"}"#, #"{ "model":"up\"b"}"#),
        (#"{"model":"a","mlx:a":[1,2]}"#, #"{"model":"up\"b"}"#),
        (#"{"model":"a", "mlx:a":1, "mlx:b":2, "x":{"mlx:c":3}}"#, #"{"model":"up\"b", "x":{"mlx:c":3}}"#),
        (#"{"model":"a","mlx:a":1 , "x":1,"mlx\u003ab":2}"#, #"{"model":"up\"b" , "x":1}"#),
        (#"{"mlx:a":1,"model":"a","mlx:b":2,"x":1,"mlx:c":3 }"#, #"{"model":"up\"b","x":1 }"#),
        // A stream asks for its usage.
        (#"{"model":"a","stream":true}"#, #"{"model":"up\"b","stream":true,"stream_options":{"include_usage":true}}"#),
        (
            #"{"model":"a","stream":true,"stream_options":null}"#,
            #"{"model":"up\"b","stream":true,"stream_options":{"include_usage":true}}"#
        ),
        (
            #"{"model":"a","stream":true,"stream_options":{}}"#,
            #"{"model":"up\"b","stream":true,"stream_options":{"include_usage":true}}"#
        ),
        (
            #"{"model":"a","stream":true,"stream_options":{ "x":1}}"#,
            #"{"model":"up\"b","stream":true,"stream_options":{"include_usage":true, "x":1}}"#
        ),
        (
            #"{"model":"a","stream":true,"stream_options":{"include_usage":false}}"#,
            #"{"model":"up\"b","stream":true,"stream_options":{"include_usage":true}}"#
        ),
        (
            #"{"stream_options":{"include_usage":true},"model":"a","stream":true}"#,
            #"{"stream_options":{"include_usage":true},"model":"up\"b","stream":true}"#
        ),
        (
            #"{"model":"a","stream":true,"mlx:a":1}"#,
            #"{"model":"up\"b","stream":true,"stream_options":{"include_usage":true}}"#
        ),
    ])
    func `the provider's body differs only where it must`(body: String, expected: String) throws {
        let buffer = ByteBuffer(string: body)
        let head = try InquiryHead.read(buffer, endpoint: .chat)
        #expect(String(buffer: head.upstreamBody(buffer, model: "up\"b", addsUsageRequest: true)) == expected)
    }

    @Test func `any mix of members patches to well-formed JSON without ours`() throws {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<2000 {
            let keys = (0..<Int.random(in: 0...6, using: &generator)).map { index in
                Bool.random(using: &generator) ? "mlx:\(index)" : "k\(index)"
            }
            var members = keys.map { "\"\($0)\":[1, {\"a\":\"}\"}]" } + [#""model":"m""#, #""stream":true"#]
            members.shuffle(using: &generator)
            let separators = [",", " ,\n", ", "]
            let text = members.joined(separator: separators.randomElement(using: &generator) ?? ",")
            let buffer = ByteBuffer(string: "{ \(text) }")
            let head = try InquiryHead.read(buffer, endpoint: .chat)
            let patched = try JSONValue(parsing: head.upstreamBody(buffer, model: "x", addsUsageRequest: true))
            let whole = try JSONValue(parsing: buffer)
            let expected = (whole.members ?? []).filter { !$0.name.hasPrefix("mlx:") && $0.name != "model" }
            let kept = (patched.members ?? []).filter { $0.name != "stream_options" && $0.name != "model" }
            #expect(kept == expected)
            #expect(patched["model"]?.string == "x")
            #expect(patched["stream_options"]?["include_usage"]?.bool == true)
        }
    }

    @Test func `a long user is cut at a character`() throws {
        let head = try read("{\"model\":\"m\",\"user\":\"\(String(repeating: "é", count: 400))x\"}")
        #expect(head.endUser == String(repeating: "é", count: 256))
        let odd = try read("{\"model\":\"m\",\"user\":\"a\(String(repeating: "é", count: 400))\"}")
        #expect(odd.endUser == "a" + String(repeating: "é", count: 255))
    }

    @discardableResult
    private func read(
        _ body: String, _ endpoint: InquiryHead.Endpoint = .chat
    ) throws(Failure) -> InquiryHead {
        try InquiryHead.read(ByteBuffer(string: body), endpoint: endpoint)
    }
}
