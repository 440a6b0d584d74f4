@testable import ModeluxWire

/// A request with exactly one feature, as each surface writes it: the members that a plain request gets, and what it
/// has without the feature.
struct CapabilityProbe {
    let feature: ChatFeature
    /// Members at OpenAI's surface; nil when it has no way to say it.
    let openai: String?
    /// Members at Anthropic's surface; nil when it has no way to say it.
    let anthropic: String?
    /// Members of the request that it is compared with, where a plain one does not do.
    var openaiBase = plain
    var anthropicBase = plain

    static let plain = #""messages":[{"role":"user","content":"Hi"}]"#

    private static let openaiTool = #""tools":[{"type":"function","function":{"name":"f","parameters":\#(schema)}}]"#
    private static let anthropicTool = #""tools":[{"name":"f","input_schema":\#(schema)}]"#
    private static let schema =
        #"{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}"#
    private static let png =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

    private static func user(_ part: String) -> String {
        #""messages":[{"role":"user","content":[{"type":"text","text":"Hi"},\#(part)]}]"#
    }

    private static func also(_ members: String) -> String { plain + "," + members }

    /// One for each feature, in their order.
    static let all: [CapabilityProbe] = ChatFeature.allCases.map(probe)

    private static func probe(_ feature: ChatFeature) -> CapabilityProbe {
        switch feature {
        case .tools: both(feature, also(openaiTool), also(anthropicTool))
        case .strictTools:
            CapabilityProbe(
                feature: feature,
                openai: also(openaiTool.replacing(#""name":"f","#, with: #""name":"f","strict":true,"#)),
                anthropic: also(anthropicTool.replacing(#""name":"f","#, with: #""name":"f","strict":true,"#)),
                openaiBase: also(openaiTool), anthropicBase: also(anthropicTool))
        case .toolChoice:
            CapabilityProbe(
                feature: feature, openai: also(openaiTool + #","tool_choice":"required""#),
                anthropic: also(anthropicTool + #","tool_choice":{"type":"any"}"#), openaiBase: also(openaiTool),
                anthropicBase: also(anthropicTool))
        case .parallelCalls:
            CapabilityProbe(
                feature: feature, openai: also(openaiTool + #","parallel_tool_calls":false"#),
                anthropic: also(
                    anthropicTool + #","tool_choice":{"type":"auto","disable_parallel_tool_use":true}"#),
                openaiBase: also(openaiTool),
                anthropicBase: also(anthropicTool + #","tool_choice":{"type":"auto"}"#))
        case .hostedTools:
            both(
                feature, also(#""web_search_options":{}"#),
                also(#""tools":[{"type":"web_search_20250305","name":"web_search"}]"#))
        case .imageBase64:
            both(
                feature, user(#"{"type":"image_url","image_url":{"url":"data:image/png;base64,\#(png)"}}"#),
                user(#"{"type":"image","source":{"type":"base64","media_type":"image/png","data":"\#(png)"}}"#))
        case .imageURL:
            both(
                feature, user(#"{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}"#),
                user(#"{"type":"image","source":{"type":"url","url":"https://example.com/a.png"}}"#))
        case .imageDetail:
            CapabilityProbe(
                feature: feature,
                openai: user(
                    #"{"type":"image_url","image_url":{"url":"data:image/png;base64,\#(png)","detail":"low"}}"#),
                anthropic: nil,
                openaiBase: user(#"{"type":"image_url","image_url":{"url":"data:image/png;base64,\#(png)"}}"#))
        case .documents:
            both(
                feature,
                user(
                    #"{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBERi0xLjQK"}}"#
                ),
                user(
                    #"{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0xLjQK"}}"#
                ))
        case .audio:
            both(feature, user(#"{"type":"input_audio","input_audio":{"data":"UklGRg==","format":"wav"}}"#), nil)
        case .video:
            both(
                feature, user(#"{"type":"file","file":{"filename":"a.mp4","file_data":"data:video/mp4;base64,AAAA"}}"#),
                nil)
        case .files:
            both(
                feature, user(#"{"type":"file","file":{"file_id":"file-abc"}}"#),
                user(#"{"type":"document","source":{"type":"file","file_id":"file_abc"}}"#))
        case .jsonObject: both(feature, also(#""response_format":{"type":"json_object"}"#), nil)
        case .jsonSchema:
            both(
                feature,
                also(
                    #""response_format":{"type":"json_schema","json_schema":{"name":"s","strict":true,"schema":\#(schema)}}"#
                ), also(#""output_config":{"format":{"type":"json_schema","schema":\#(schema)}}"#))
        default: plainProbe(feature)
        }
    }

    private static func plainProbe(_ feature: ChatFeature) -> CapabilityProbe {
        switch feature {
        case .temperature: both(feature, also(#""temperature":0.5"#), also(#""temperature":0.5"#))
        case .topP: both(feature, also(#""top_p":0.5"#), also(#""top_p":0.5"#))
        case .topK: both(feature, also(#""top_k":5"#), also(#""top_k":5"#))
        case .frequencyPenalty: both(feature, also(#""frequency_penalty":0.5"#), nil)
        case .presencePenalty: both(feature, also(#""presence_penalty":0.5"#), nil)
        case .seed: both(feature, also(#""seed":5"#), nil)
        case .logitBias: both(feature, also(#""logit_bias":{"5":1}"#), nil)
        case .logProbabilities: both(feature, also(#""logprobs":true,"top_logprobs":2"#), nil)
        case .stop: both(feature, also(#""stop":["END"]"#), also(#""stop_sequences":["END"]"#))
        case .choices: both(feature, also(#""n":2"#), nil)
        case .maximumOutputTokens: both(feature, also(#""max_completion_tokens":77"#), also(#""max_tokens":77"#))
        case .reasoning:
            both(
                feature, also(#""reasoning_effort":"high""#),
                also(#""thinking":{"type":"enabled","budget_tokens":2000}"#))
        case .thinkingBlocks:
            CapabilityProbe(
                feature: feature,
                openai:
                    #""messages":[{"role":"user","content":"Hi"},{"role":"assistant","reasoning_details":[{"type":"reasoning.text","text":"hm","signature":"c2ln","format":"anthropic-claude-v1","index":0}],"tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"call_1","content":"r"}],\#(openaiTool)"#,
                anthropic:
                    #""messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"c2ln"},{"type":"tool_use","id":"call_1","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"call_1","content":"r"}]}],\#(anthropicTool)"#,
                openaiBase:
                    #""messages":[{"role":"user","content":"Hi"},{"role":"assistant","tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"call_1","content":"r"}],\#(openaiTool)"#,
                anthropicBase:
                    #""messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":[{"type":"tool_use","id":"call_1","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"call_1","content":"r"}]}],\#(anthropicTool)"#
            )
        case .prefill:
            both(
                feature, #""messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Once"}]"#,
                #""messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Once"}]"#)
        case .speakerName: both(feature, #""messages":[{"role":"user","content":"Hi","name":"eve"}]"#, nil)
        case .systemInConversation:
            both(
                feature, plain.dropLast() + #",{"role":"system","content":"Be brief."}]"#,
                plain.dropLast() + #",{"role":"system","content":"Be brief."}]"#)
        case .cacheMarks:
            both(
                feature,
                #""messages":[{"role":"user","content":[{"type":"text","text":"Hi","cache_control":{"type":"ephemeral"}}]}]"#,
                #""messages":[{"role":"user","content":[{"type":"text","text":"Hi","cache_control":{"type":"ephemeral"}}]}]"#
            )
        case .serviceTier: both(feature, also(#""service_tier":"flex""#), also(#""service_tier":"standard_only""#))
        case .endUser: both(feature, also(#""user":"u""#), also(#""metadata":{"user_id":"u"}"#))
        case .metadata: both(feature, also(#""metadata":{"k":"v"}"#), nil)
        case .store: both(feature, also(#""store":true"#), nil)
        case .citations:
            CapabilityProbe(
                feature: feature, openai: nil,
                anthropic: user(
                    #"{"type":"document","source":{"type":"text","media_type":"text/plain","data":"x"},"citations":{"enabled":true}}"#
                ),
                anthropicBase: user(
                    #"{"type":"document","source":{"type":"text","media_type":"text/plain","data":"x"}}"#))
        default: both(feature, nil, nil)
        }
    }

    private static func both(_ feature: ChatFeature, _ openai: String?, _ anthropic: String?) -> CapabilityProbe {
        CapabilityProbe(feature: feature, openai: openai, anthropic: anthropic)
    }
}
