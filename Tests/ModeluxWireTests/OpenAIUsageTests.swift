import ModeluxCore
import NIOCore
import Testing

@testable import ModeluxWire

struct OpenAIUsageTests {
    @Test(arguments: [
        (#"{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}"#, Usage(input: 10, output: 5)),
        (#"{"prompt_tokens":10,"total_tokens":10}"#, Usage(input: 10)),
        (#"{"input_tokens":10,"output_tokens":5}"#, Usage(input: 10, output: 5)),
        (
            #"{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":4},"#
                + #""completion_tokens_details":{"reasoning_tokens":3}}"#,
            Usage(input: 6, cachedInput: 4, output: 5, reasoning: 3)
        ),
        (
            #"{"input_tokens":10,"output_tokens":5,"input_tokens_details":{"cached_tokens":4,"cache_write_tokens":5},"#
                + #""output_tokens_details":{"reasoning_tokens":3}}"#,
            Usage(input: 1, cachedInput: 4, cacheWrite5m: 5, output: 5, reasoning: 3)
        ),
        // DeepSeek, Moonshot
        (
            #"{"prompt_tokens":10,"completion_tokens":1,"prompt_cache_hit_tokens":4}"#,
            Usage(input: 6, cachedInput: 4, output: 1)
        ),
        (#"{"prompt_tokens":10,"completion_tokens":1,"cached_tokens":4}"#, Usage(input: 6, cachedInput: 4, output: 1)),
        // Grok on Azure: cached tokens are outside the prompt.
        (
            #"{"prompt_tokens":10,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":40}}"#,
            Usage(input: 10, cachedInput: 40, output: 1)
        ),
        // OpenRouter's Gemini: read and written overlap.
        (
            #"{"prompt_tokens":10,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":8,"cache_write_tokens":8}}"#,
            Usage(input: 2, cachedInput: 8, output: 1)
        ),
        // xAI: reasoning is outside the completion, as the total shows.
        (
            #"{"prompt_tokens":10,"completion_tokens":1,"total_tokens":31,"completion_tokens_details":{"reasoning_tokens":20}}"#,
            Usage(input: 10, output: 21, reasoning: 20)
        ),
        (
            #"{"prompt_tokens":10,"completion_tokens":30,"total_tokens":40,"completion_tokens_details":{"reasoning_tokens":20}}"#,
            Usage(input: 10, output: 30, reasoning: 20)
        ),
        (
            #"{"prompt_tokens":10,"completion_tokens":5,"reasoning_tokens":2}"#,
            Usage(input: 10, output: 5, reasoning: 2)
        ),
        // Audio is priced apart.
        (
            #"{"prompt_tokens":21,"completion_tokens":9,"prompt_tokens_details":{"audio_tokens":2},"#
                + #""completion_tokens_details":{"audio_tokens":4}}"#,
            Usage(input: 19, output: 5, audioInput: 2, audioOutput: 4)
        ),
        // Null and empty details fall back to their twins; zero is zero and not missing.
        (
            #"{"prompt_tokens":10,"completion_tokens":0,"prompt_tokens_details":null,"input_tokens_details":{"cached_tokens":1}}"#,
            Usage(input: 9, cachedInput: 1)
        ),
        (#"{"prompt_tokens":0,"total_tokens":0}"#, Usage()),
        (#"{"prompt_tokens":null,"completion_tokens":3}"#, Usage(output: 3)),
        (#"{"prompt_tokens":10.0,"completion_tokens":3}"#, Usage(input: 10, output: 3)),
    ])
    func `a usage object becomes disjoint buckets`(json: String, expected: Usage) {
        #expect(reported(json) == expected)
    }

    @Test(arguments: [
        "{}", #"{"completion_tokens":3}"#, #"{"prompt_tokens":-1}"#, #"{"prompt_tokens":"10"}"#,
        #"{"prompt_tokens":1.5}"#, #"{"prompt_tokens":1e3}"#, #"{"prompt_tokens":99999999999999999999999999}"#,
        #"{"prompt_tokens":9223372036854775807}"#, #"{"prompt_tokens":true}"#, #"{"prompt_tokens":[1]}"#,
        #"{"prompt_tokens":1,"completion_tokens":-1}"#, #"{"prompt_tokens":1,"prompt_tokens_details":[]}"#,
        #"{"prompt_tokens":1,"prompt_tokens_details":{"cached_tokens":-4}}"#,
        #"{"prompt_tokens":1,"completion_tokens_details":{"reasoning_tokens":"x"}}"#,
    ])
    func `counts that cannot be true are no usage`(json: String) {
        #expect(reported(json) == nil)
        let answer = OpenAIResponse.observe(ByteBuffer(string: "{\"usage\":\(json)}"))
        #expect(answer.usage(estimatingInput: 5).isEstimated)
    }

    @Test func `every mix of counts gives buckets that are not negative and add up`() throws {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<1000 {
            func count() -> Int64 {
                Int64.random(in: 0...(Bool.random(using: &generator) ? 50 : 1_000_000_000_000), using: &generator)
            }
            let (prompt, completion, cached, written) = (count(), count(), count(), count())
            let json =
                "{\"prompt_tokens\":\(prompt),\"completion_tokens\":\(completion),\"total_tokens\":\(count()),"
                + "\"prompt_tokens_details\":{\"cached_tokens\":\(cached),\"cache_write_tokens\":\(written),"
                + "\"audio_tokens\":\(count())},"
                + "\"completion_tokens_details\":{\"reasoning_tokens\":\(count()),\"audio_tokens\":\(count())}}"
            let usage = try #require(reported(json))
            for bucket in [
                usage.input, usage.cachedInput, usage.cacheWrite5m, usage.output, usage.audioInput, usage.audioOutput,
            ] { #expect(bucket >= 0) }
            #expect(usage.promptTotal == (cached > prompt ? prompt + cached + written : prompt))
        }
    }

    @Test(arguments: ["", "null", "[]", "<html>", "{\"usage\":", "{\"choices\":{}}", "{\"usage\":7}"])
    func `a body without usage is observed without harm`(body: String) {
        let answer = OpenAIResponse.observe(ByteBuffer(string: body))
        #expect(answer.usage == nil)
        #expect(answer.outputTextBytes == 0)
    }

    @Test func `a whole answer tells its tier, model and text`() {
        let answer = OpenAIResponse.observe(
            ByteBuffer(
                string: #"{"model":"m","service_tier":"flex","choices":[{"message":{"content":"12345","tool_calls":"#
                    + #"[{"function":{"arguments":"{}"}}]},"finish_reason":"stop"}],"usage":{"prompt_tokens":1}}"#))
        #expect(answer.model == "m")
        #expect(answer.serviceTier == "flex")
        #expect(answer.outputTextBytes == 7)
        #expect(answer.hasFinishReason && !answer.hasError && !answer.isMalformed)
    }

    private func reported(_ json: String) -> Usage? {
        OpenAIResponse.observe(ByteBuffer(string: "{\"usage\":\(json)}")).usage
    }
}
