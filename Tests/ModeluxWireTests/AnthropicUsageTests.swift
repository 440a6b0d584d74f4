import ModeluxCore
import NIOCore
import Testing

@testable import ModeluxWire

struct AnthropicUsageTests {
    @Test(
        arguments: [
            (#"{"input_tokens":3,"output_tokens":4}"#, Usage(input: 3, output: 4)),
            (
                #"{"input_tokens":3,"output_tokens":4,"cache_read_input_tokens":5,"cache_creation_input_tokens":9,"#
                    + #""cache_creation":{"ephemeral_5m_input_tokens":2,"ephemeral_1h_input_tokens":7}}"#,
                Usage(input: 3, cachedInput: 5, cacheWrite5m: 2, cacheWrite1h: 7, output: 4)
            ),
            // A write whose life is not told has the usual one.
            (
                #"{"input_tokens":3,"output_tokens":4,"cache_creation_input_tokens":9}"#,
                Usage(input: 3, cacheWrite5m: 9, output: 4)
            ),
            (
                #"{"input_tokens":3,"output_tokens":9,"output_tokens_details":{"thinking_tokens":6},"#
                    + #""server_tool_use":{"web_search_requests":2,"web_fetch_requests":1},"inference_geo":"us"}"#,
                Usage(input: 3, output: 9, reasoning: 6, requests: 2)
            ),
            // The pass that summarised the conversation is paid too.
            (
                #"{"input_tokens":3,"output_tokens":4,"iterations":[{"type":"compaction","input_tokens":100,"#
                    + #""output_tokens":20},{"type":"message","input_tokens":3,"output_tokens":4}]}"#,
                Usage(input: 103, output: 24)
            ),
            (#"{}"#, nil), (#"{"service_tier":"standard"}"#, nil), (#"{"input_tokens":-1,"output_tokens":4}"#, nil),
            (#"{"input_tokens":1.5}"#, nil), (#"{"input_tokens":"3"}"#, nil),
            (#"{"input_tokens":1000000000001}"#, nil), (#"{"input_tokens":99999999999999999999}"#, nil),
            (#"{"input_tokens":null,"output_tokens":4,"cache_creation":null}"#, Usage(output: 4)),
            (#"{"input_tokens":1,"iterations":[{"type":"compaction","input_tokens":-3}]}"#, nil),
            (#"{"input_tokens":1,"iterations":[7,{"type":"message"}],"cache_creation":[]}"#, Usage(input: 1)),
            (#"[]"#, nil), (#"null"#, nil),
        ] as [(String, Usage?)])
    func `a usage object gives disjoint buckets`(json: String, expected: Usage?) throws {
        #expect(AnthropicUsage.read(try JSONValue(parsing: json)) == expected)
    }

    @Test func `later events replace what earlier ones said`() throws {
        var usage = AnthropicUsage()
        usage.merge(
            try JSONValue(
                parsing: #"{"input_tokens":10,"cache_read_input_tokens":4,"output_tokens":1,"service_tier":"priority"}"#
            ))
        usage.merge(try JSONValue(parsing: #"{"input_tokens":12,"output_tokens":30,"cache_read_input_tokens":null}"#))
        #expect(usage.usage == Usage(input: 12, cachedInput: 4, output: 30))
        #expect(usage.serviceTier == "priority")
    }

    @Test func `the advisor is billed at its own model's price`() throws {
        var usage = AnthropicUsage()
        usage.merge(
            try JSONValue(
                parsing: #"""
                    {"input_tokens":3,"output_tokens":4,"iterations":[{"type":"message","input_tokens":3},
                    {"type":"advisor_message","model":"big","input_tokens":50,"output_tokens":6}]}
                    """#))
        #expect(usage.usage == Usage(input: 3, output: 4))
        #expect(usage.sideUsage == [SideUsage(model: "big", usage: Usage(input: 50, output: 6))])
    }
}
