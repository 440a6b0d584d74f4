import ModeluxCore
import NIOCore

/// Writes the sandbox's answers in the OpenAI shape.
struct SandboxEncoding {
    /// The answer's id: made from the request's.
    let id: String
    /// Unix seconds.
    let created: Int64
    /// The model's name at the sandbox.
    let model: String

    /// One body.
    func completion(_ chat: SandboxChat) -> ByteBuffer {
        var json = JSONText()
        json.object { json in
            head("chat.completion", to: &json)
            json.key("choices")
            json.array { json in
                json.object { json in
                    json.member("index", Int64(0))
                    json.key("message")
                    json.object { json in
                        json.member("role", "assistant")
                        json.member("content", chat.toolCall == nil ? chat.pieces.joined() : nil)
                        json.member("refusal", nil as String?)
                        if let call = chat.toolCall {
                            json.key("tool_calls")
                            json.array { json in
                                json.object { write(call, arguments: call.arguments, index: nil, to: &$0) }
                            }
                        }
                    }
                    json.key("logprobs")
                    json.null()
                    json.member("finish_reason", chat.finishReason)
                }
            }
            json.key("usage")
            write(chat.usage, to: &json)
        }
        return ByteBuffer(bytes: json.bytes)
    }

    /// The events of a stream, in order, `[DONE]` last. The usage chunk is there always: the relay withholds it from
    /// a caller that did not ask.
    func events(_ chat: SandboxChat) -> [ByteBuffer] {
        var events = [
            chunk {
                $0.member("role", "assistant"); $0.member("content", "")
            }
        ]
        events += chat.pieces.map { piece in chunk { $0.member("content", piece) } }
        if let call = chat.toolCall {
            for arguments in ["", call.arguments] {
                events.append(
                    chunk { json in
                        json.key("tool_calls")
                        json.array { json in
                            json.object { json in
                                if arguments.isEmpty {
                                    write(call, arguments: "", index: 0, to: &json)
                                } else {
                                    json.member("index", Int64(0))
                                    json.key("function")
                                    json.object { $0.member("arguments", arguments) }
                                }
                            }
                        }
                    })
            }
        }
        events.append(chunk(finishReason: chat.finishReason) { _ in })
        events.append(
            event { json in
                head("chat.completion.chunk", to: &json)
                json.key("choices")
                json.array { _ in }
                json.key("usage")
                write(chat.usage, to: &json)
            })
        events.append(ByteBuffer(string: "data: [DONE]\n\n"))
        return events
    }

    private func chunk(finishReason: String? = nil, delta: (inout JSONText) -> Void) -> ByteBuffer {
        event { json in
            head("chat.completion.chunk", to: &json)
            json.key("choices")
            json.array { json in
                json.object { json in
                    json.member("index", Int64(0))
                    json.key("delta")
                    json.object(delta)
                    json.key("logprobs")
                    json.null()
                    json.member("finish_reason", finishReason)
                }
            }
            json.key("usage")
            json.null()
        }
    }

    private func event(_ body: (inout JSONText) -> Void) -> ByteBuffer {
        var json = JSONText()
        json.object(body)
        return ByteBuffer(string: "data: " + json.text + "\n\n")
    }

    private func head(_ object: String, to json: inout JSONText) {
        json.member("id", id)
        json.member("object", object)
        json.member("created", created)
        json.member("model", model)
        json.member("service_tier", "default")
        json.member("system_fingerprint", "fp_sandbox")
    }

    private func write(_ call: SandboxChat.ToolCall, arguments: String, index: Int64?, to json: inout JSONText) {
        if let index { json.member("index", index) }
        json.member("id", "call_" + id.suffix(12))
        json.member("type", "function")
        json.key("function")
        json.object { json in
            json.member("name", call.name)
            json.member("arguments", arguments)
        }
    }

    private func write(_ usage: Usage, to json: inout JSONText) {
        json.object { json in
            json.member("prompt_tokens", usage.input)
            json.member("completion_tokens", usage.output)
            json.member("total_tokens", usage.input + usage.output)
            json.key("prompt_tokens_details")
            json.object { $0.member("cached_tokens", Int64(0)) }
            json.key("completion_tokens_details")
            json.object { $0.member("reasoning_tokens", Int64(0)) }
        }
    }
}
