import ModeluxCore
import NIOCore
import Testing

@testable import ModeluxWire

struct OpenAIStreamTests {
    private static let first =
        #"data: {"model":"gpt-x","choices":[{"index":0,"delta":{"content":"Hello"}}],"usage":null}"# + "\n\n"
    private static let last =
        #"data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}"# + "\n\n"
    private static let usage =
        #"data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9},"service_tier":"flex"}"#
        + "\n\n"
    private static let done = "data: [DONE]\n\n"

    @Test(arguments: [1, 7, 50, 4000])
    func `the usage chunk that only we asked for is withheld`(length: Int) throws {
        let stream = Self.first + Self.last + Self.usage + Self.done
        let (output, answer) = try relay(stream, OpenAIStream(removesUsageChunk: true), length: length)
        #expect(output == Self.first + Self.last + Self.done)
        #expect(answer.usage == Usage(input: 7, output: 2))
        #expect(answer.serviceTier == "flex")
        #expect(answer.model == "gpt-x")
        #expect(answer.outputTextBytes == 5)
        #expect(answer.isComplete && answer.isDone && answer.hasFinishReason && !answer.hasError)
    }

    @Test func `a caller that asked gets everything`() throws {
        let stream = Self.first + Self.last + Self.usage + Self.done
        #expect(try relay(stream, OpenAIStream(removesUsageChunk: false)).output == stream)
    }

    @Test(arguments: [
        // Azure's first chunk has empty choices and no usage.
        #"data: {"choices":[],"id":"","model":"","prompt_filter_results":[{"prompt_index":0}]}"#,
        #"data: {"choices":[],"usage":null,"prompt_filter_results":[]}"#,
        // Groq, Fireworks: usage with the finish chunk, unasked.
        #"data: {"choices":[{"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}"#,
        ": OPENROUTER PROCESSING", #"data: {"usage":{"prompt_tokens":1}}"#, "data: not json", "event: ping",
    ])
    func `nothing else is withheld`(event: String) throws {
        let stream = event + "\n\n" + Self.done
        #expect(try relay(stream, OpenAIStream(removesUsageChunk: true)).output == stream)
    }

    @Test(arguments: ["data: [DONE]\n\n", "data:[DONE]\r\n\r\n", "data: [DONE]\n\n: after\n\n"])
    func `the end can be held as it was written, so that something goes before it`(end: String) throws {
        var stream = OpenAIStream(removesUsageChunk: false, holdsDone: true)
        #expect(String(buffer: try stream.relay(ByteBuffer(string: Self.first + end))) == Self.first)
        #expect(stream.answer.isDone)
        #expect(String(buffer: stream.heldEnd) == end)
    }

    @Test func `the last usage counts, and Groq's own place for it`() throws {
        let stream =
            #"data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}"# + "\n\n"
            + #"data: {"choices":[],"x_groq":{"id":"r","usage":{"prompt_tokens":5,"completion_tokens":6}},"usage":null}"#
            + "\n\n"
        #expect(try relay(stream, OpenAIStream(removesUsageChunk: false)).answer.usage == Usage(input: 5, output: 6))
    }

    @Test func `a stream that breaks off is estimated by what was seen`() throws {
        let (_, answer) = try relay(Self.first + Self.first, OpenAIStream(removesUsageChunk: true))
        #expect(!answer.isComplete)
        #expect(answer.usage(estimatingInput: 12) == Usage(input: 12, output: 3, isEstimated: true))
    }

    @Test(arguments: [
        "event: error\ndata: {\"error\":{\"message\":\"x\"}}\n\n", "data: {\"error\":{\"message\":\"x\"}}\n\n",
        "event: error\ndata: what\n\n",
    ])
    func `an error in the stream is seen and relayed`(event: String) throws {
        let (output, answer) = try relay(Self.first + event, OpenAIStream(removesUsageChunk: true))
        #expect(output == Self.first + event)
        #expect(answer.hasError && !answer.isComplete)
    }

    @Test func `events without blank lines between them are read one by one`() throws {
        let stream = (Self.first + Self.last + Self.usage).replacing("\n\n", with: "\n") + Self.done
        let (output, answer) = try relay(stream, OpenAIStream(removesUsageChunk: false))
        #expect(output == stream)
        #expect(answer.usage == Usage(input: 7, output: 2))
        #expect(answer.hasFinishReason && answer.isDone)
    }

    @Test func `reasoning, refusals, tool arguments and legacy text count as output`() throws {
        let deltas = [
            #"{"content":"12"}"#, #"{"reasoning_content":"34"}"#, #"{"reasoning":"56"}"#, #"{"refusal":"78"}"#,
            #"{"tool_calls":[{"index":0,"function":{"arguments":"90"}}]}"#, #"{"content":[{"thinking":[{"t":"12"}]}]}"#,
            #"{"role":"assistant","obfuscation":"xxxxxx"}"#, #"{"content":null}"#,
        ]
        let stream =
            deltas.map { "data: {\"choices\":[{\"delta\":\($0)}],\"obfuscation\":\"xx\"}\n\n" }.joined()
            + "data: {\"choices\":[{\"text\":\"34\"}]}\n\n"
        #expect(try relay(stream, OpenAIStream(removesUsageChunk: false)).answer.outputTextBytes == 14)
    }

    @Test func `an event past the limit ends the relay`() {
        #expect(throws: Failure.self) {
            try relay(Self.first, OpenAIStream(removesUsageChunk: false, maximumEventBytes: 50))
        }
    }

    private func relay(
        _ text: String, _ stream: OpenAIStream, length: Int = 10_000
    ) throws -> (output: String, answer: ObservedAnswer) {
        var stream = stream
        var rest = ByteBuffer(string: text)
        var output = ByteBuffer()
        while let piece = rest.readSlice(length: min(length, rest.readableBytes)), piece.readableBytes > 0 {
            output.writeImmutableBuffer(try stream.relay(piece))
        }
        output.writeImmutableBuffer(try stream.finish())
        return (String(buffer: output), stream.answer)
    }
}
