// What translation costs: CPU microseconds of one core for a request and an answer of about 2 KB in each direction, and
// for one chunk of a stream. The bounds are those of the architecture: 40 for a request or an answer, 5 for a chunk.
//
//     swift run -c release TranslationBenchmark

import Glibc
import ModeluxCore
import ModeluxWire
import NIOCore

/// The best of some rounds, so that other work on the machine counts least.
func measure(_ name: String, bound: Double, count: Int = 5000, _ body: () throws -> Int) {
    var best = Double.infinity
    var sum = 0
    do {
        for _ in 0..<8 {
            let start = clock()
            for _ in 0..<count { sum &+= try body() }
            best = min(best, Double(clock() - start) / Double(CLOCKS_PER_SEC) * 1e6 / Double(count))
        }
    } catch {
        print("\(name): \(error)")
        return
    }
    let shown = (best * 100).rounded() / 100
    let padding = String(repeating: " ", count: max(1, 44 - name.count))
    print("\(name)\(padding)\(shown) µs\(best > bound ? "   over \(bound)" : "")\(sum == 0 ? " nothing" : "")")
}

let sentence =
    "Where is my order 4711? I ordered it last Monday, and the page said that it would be here in three days. "
let schema =
    #"{"type":"object","properties":{"order_id":{"type":"string","description":"The order's number"},"include_history":{"type":"boolean"}},"required":["order_id"]}"#

let openAIRequest = ByteBuffer(
    string: """
        {"model":"m","messages":[{"role":"system","content":"You answer questions about orders. \(sentence)"},\
        {"role":"user","content":"\(sentence)\(sentence)"},{"role":"assistant","content":null,"tool_calls":[\
        {"id":"call_abcdefghijklmnop","type":"function","function":{"name":"get_order","arguments":"{\\"order_id\\":\\"4711\\"}"}},\
        {"id":"call_qrstuvwxyzabcdef","type":"function","function":{"name":"get_invoice","arguments":"{\\"order_id\\":\\"4711\\"}"}}]},\
        {"role":"tool","tool_call_id":"call_abcdefghijklmnop","content":"{\\"status\\":\\"in transit\\",\\"carrier\\":\\"DHL\\"}"},\
        {"role":"tool","tool_call_id":"call_qrstuvwxyzabcdef","content":"{\\"sent\\":true,\\"date\\":\\"2026-11-21\\"}"},\
        {"role":"user","content":"\(sentence)"}],"tools":[\
        {"type":"function","function":{"name":"get_order","description":"Looks an order up.","parameters":\(schema)}},\
        {"type":"function","function":{"name":"get_invoice","description":"Looks an invoice up.","parameters":\(schema)}}],\
        "tool_choice":"auto","temperature":0.2,"max_tokens":800,"stream":true}
        """)

let anthropicRequest = ByteBuffer(
    string: """
        {"model":"m","max_tokens":800,"system":[{"type":"text","text":"You answer questions about orders. \(sentence)",\
        "cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":"\(sentence)\(sentence)"},\
        {"role":"assistant","content":[{"type":"tool_use","id":"toolu_abcdefghijklmnop","name":"get_order","input":{"order_id":"4711"}},\
        {"type":"tool_use","id":"toolu_qrstuvwxyzabcdef","name":"get_invoice","input":{"order_id":"4711"}}]},\
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_abcdefghijklmnop","content":"in transit, by DHL"},\
        {"type":"tool_result","tool_use_id":"toolu_qrstuvwxyzabcdef","content":[{"type":"text","text":"sent on 2026-11-21"}]},\
        {"type":"text","text":"\(sentence)"}]}],"tools":[\
        {"name":"get_order","description":"Looks an order up.","input_schema":\(schema)},\
        {"name":"get_invoice","description":"Looks an invoice up.","input_schema":\(schema)}],\
        "tool_choice":{"type":"auto"},"temperature":0.2,"stream":true}
        """)

let words = String(repeating: "Your order is on its way, and it will be with you by Wednesday. ", count: 26)

let openAIAnswer = ByteBuffer(
    string: """
        {"id":"chatcmpl-CyCVcc7AKY1yojqE9Fs1w9xe5ldoj","object":"chat.completion","created":1768463800,"model":"gpt-4.1",\
        "choices":[{"index":0,"message":{"role":"assistant","content":"\(words)","refusal":null,"annotations":[]},\
        "logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":200,"completion_tokens":32,"total_tokens":232,\
        "prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}},"service_tier":"default"}
        """)

let anthropicAnswer = ByteBuffer(
    string: """
        {"model":"claude-sonnet-4-5","id":"msg_01FuMKoGyj3vkcW2zSFsiew4","type":"message","role":"assistant","content":[\
        {"type":"text","text":"\(words)"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":200,\
        "cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":32,"service_tier":"standard"}}
        """)

let geminiAnswer = ByteBuffer(
    string: """
        {"candidates":[{"content":{"role":"model","parts":[{"text":"\(words)"}]},"finishReason":"STOP"}],"usageMetadata":\
        {"promptTokenCount":200,"candidatesTokenCount":32,"totalTokenCount":232},"modelVersion":"gemini-2.5-flash","responseId":"r"}
        """)

let bedrockAnswer = ByteBuffer(
    string: """
        {"metrics":{"latencyMs":608},"output":{"message":{"content":[{"text":"\(words)"}],"role":"assistant"}},\
        "stopReason":"end_turn","usage":{"inputTokens":200,"outputTokens":32,"totalTokens":232}}
        """)

/// Writes the provider's request.
func request(_ from: ChatDialect, _ to: ChatDialect, _ vendor: Vendor, _ model: String) {
    let body = from == .openai ? openAIRequest : anthropicRequest
    let target = ChatTarget(vendor: vendor, model: model, entry: nil)
    measure("request \(from) → \(to), \(body.readableBytes) bytes", bound: 40) {
        try Translation(from: from, to: to).request(body, for: target) { _ in }.body.readableBytes
    }
}

/// Writes the caller's answer.
func answer(_ from: ChatDialect, _ to: ChatDialect, _ body: ByteBuffer) {
    let translation = Translation(from: to, to: from)
    measure("answer \(from) → \(to), \(body.readableBytes) bytes", bound: 40) {
        try translation.answer(body, id: "i", model: "m", created: 1).body.readableBytes
    }
}

/// Relays chunks in the middle of a stream.
func chunk(_ from: ChatDialect, _ to: ChatDialect, first: String, next: String) {
    var stream = Translation(from: to, to: from)
        .stream(id: "i", model: "m", created: 1, inputTokens: 1, includesUsage: false)
    let body = ByteBuffer(string: next)
    guard (try? stream.relay(ByteBuffer(string: first))) != nil else { return print("the first chunk is refused") }
    measure("chunk \(from) → \(to), \(body.readableBytes) bytes", bound: 5, count: 50_000) {
        try stream.relay(body).readableBytes
    }
}

request(.openai, .anthropic, .anthropic, "claude-sonnet-4-5")
request(.openai, .gemini, .google, "gemini-2.5-flash")
request(.openai, .bedrock, .bedrock, "us.anthropic.claude-sonnet-4-5-20250929-v1:0")
request(.anthropic, .openai, .openai, "gpt-4.1")
request(.anthropic, .gemini, .google, "gemini-2.5-flash")
request(.anthropic, .bedrock, .bedrock, "us.anthropic.claude-sonnet-4-5-20250929-v1:0")
answer(.anthropic, .openai, anthropicAnswer)
answer(.gemini, .openai, geminiAnswer)
answer(.bedrock, .openai, bedrockAnswer)
answer(.openai, .anthropic, openAIAnswer)
answer(.gemini, .anthropic, geminiAnswer)
answer(.bedrock, .anthropic, bedrockAnswer)
let openAIChunk =
    #"data: {"id":"chatcmpl-CyCVcc7AKY1yojqE9Fs1w9xe5ldoj","object":"chat.completion.chunk","created":1768463800,"model":"gpt-4.1","service_tier":"default","system_fingerprint":"fp_a0e9480a2f","choices":[{"index":0,"delta":{"content":" order"},"logprobs":null,"finish_reason":null}],"usage":null,"obfuscation":"C5CfuAaj"}"#
    + "\n\n"
chunk(.openai, .anthropic, first: openAIChunk, next: openAIChunk)
chunk(
    .anthropic, .openai,
    first: """
        event: message_start
        data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[],"usage":{"input_tokens":9,"output_tokens":1}}}

        event: content_block_start
        data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}


        """,
    next: """
        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" order is on"}}


        """)
let geminiChunk =
    #"data: {"candidates":[{"content":{"parts":[{"text":" order is on its way"}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":5,"totalTokenCount":14},"modelVersion":"gemini-2.5-flash","responseId":"r"}"#
    + "\n\n"
chunk(.gemini, .openai, first: geminiChunk, next: geminiChunk)
chunk(.gemini, .anthropic, first: geminiChunk, next: geminiChunk)
