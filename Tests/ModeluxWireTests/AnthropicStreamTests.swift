import ModeluxCore
import NIOCore
import Testing

@testable import ModeluxWire

struct AnthropicStreamTests {
    private static let start = """
        event: message_start
        data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-x",\
        "content":[],"stop_reason":null,"usage":{"input_tokens":10,"output_tokens":1,"service_tier":"standard"}}}


        """
    private static let text = """
        event: content_block_start
        data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

        event: ping
        data: {"type": "ping"}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"hello"}}

        event: content_block_stop
        data: {"type":"content_block_stop","index":0}


        """
    private static let delta = """
        event: message_delta
        data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},\
        "usage":{"output_tokens":7}}


        """
    private static let stop = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"

    @Test(arguments: [1, 7, 100, 10_000])
    func `a stream passes byte for byte and is observed`(length: Int) throws {
        let whole = Self.start + Self.text + Self.delta + Self.stop
        let (output, stream) = try relay(whole, AnthropicStream(), length: length)
        #expect(output == whole)
        #expect(stream.answer.usage == Usage(input: 10, output: 7))
        #expect(stream.answer.model == "claude-x" && stream.answer.serviceTier == "standard")
        #expect(stream.answer.outputTextBytes == 5)
        #expect(stream.answer.isDone && stream.answer.hasFinishReason && stream.answer.isComplete)
        #expect(stream.heldEnd.readableBytes == 0)
        #expect(stream.eventCount == 7)
    }

    @Test(arguments: [1, 7, 10_000])
    func `the end is withheld with what follows it`(length: Int) throws {
        let tail = Self.stop + ": bye\n\n"
        let (output, stream) = try relay(
            Self.start + Self.text + Self.delta + tail, AnthropicStream(holdsStop: true), length: length)
        #expect(output == Self.start + Self.text + Self.delta)
        #expect(String(buffer: stream.heldEnd) == tail)
    }

    @Test func `a stream that breaks off is priced by what was told`() throws {
        let (output, stream) = try relay(Self.start + Self.text, AnthropicStream(holdsStop: true))
        #expect(output == Self.start + Self.text)
        #expect(!stream.answer.isComplete)
        #expect(stream.answer.usage == Usage(input: 10, output: 1))
    }

    @Test(arguments: [
        "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n",
        "event: error\ndata: oops\n\n", "data: {\"type\":\"error\"}\n\n",
    ])
    func `an error in the stream is seen and passed on`(event: String) throws {
        let (output, stream) = try relay(Self.start + event, AnthropicStream(holdsStop: true))
        #expect(output == Self.start + event)
        #expect(stream.answer.hasError && !stream.answer.isComplete)
    }

    @Test func `what is no JSON passes and changes nothing`() throws {
        let odd = "data: {\"usage\":{\"output_tokens\":99},]\n\n: comment\n\ndata: 7\n\n"
        let (output, stream) = try relay(Self.start + odd + Self.delta, AnthropicStream())
        #expect(output == Self.start + odd + Self.delta)
        #expect(stream.answer.isMalformed)
        #expect(stream.answer.usage == Usage(input: 10, output: 7))
    }

    @Test func `several data lines are one text`() throws {
        let event = "data: {\"type\":\"message_delta\",\ndata: \"usage\":{\"output_tokens\":8}}\n\n"
        #expect(try relay(Self.start + event, AnthropicStream()).1.answer.usage == Usage(input: 10, output: 8))
    }

    @Test func `thoughts and tool calls count as text, results of the provider's tools do not`() throws {
        let deltas = [
            #"{"type":"thinking_delta","thinking":"1234"}"#, #"{"type":"signature_delta","signature":"xxxx"}"#,
            #"{"type":"input_json_delta","partial_json":"{\"a\":1}"}"#,
        ].map { "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":\($0)}\n\n" }.joined()
        let result = #"{"type":"web_search_tool_result","content":[{"type":"x","encrypted_content":"yyyy"}]}"#
        let block = "data: {\"type\":\"content_block_start\",\"content_block\":\(result)}\n\n"
        #expect(try relay(Self.start + deltas + block, AnthropicStream()).1.answer.outputTextBytes == 13)
    }

    @Test func `an event beyond the limit is refused`() {
        #expect(throws: Failure.self) { try relay(Self.start, AnthropicStream(maximumEventBytes: 50)) }
    }

    @Test func `a whole message is observed`() {
        let answer = AnthropicResponse.observe(
            ByteBuffer(
                string: #"""
                    {"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[{"type":"text",
                    "text":"hello"},{"type":"tool_use","id":"t","name":"f","input":{"a":"bcd"}}],"stop_reason":
                    "tool_use","usage":{"input_tokens":2,"output_tokens":3}}
                    """#))
        #expect(answer.usage == Usage(input: 2, output: 3))
        #expect(answer.model == "claude-x" && answer.hasFinishReason && !answer.hasError)
        #expect(answer.outputTextBytes == 8)
        #expect(AnthropicResponse.observe(ByteBuffer(string: "<html>")).isMalformed)
        #expect(AnthropicResponse.observe(ByteBuffer(string: #"{"type":"error","error":{}}"#)).hasError)
    }

    private func relay(
        _ text: String, _ stream: AnthropicStream, length: Int = 10_000
    ) throws -> (String, AnthropicStream) {
        var stream = stream
        var rest = ByteBuffer(string: text)
        var output = ""
        while rest.readableBytes > 0, let piece = rest.readSlice(length: min(length, rest.readableBytes)) {
            output += String(buffer: try stream.relay(piece))
        }
        output += String(buffer: try stream.finish())
        return (output, stream)
    }
}
