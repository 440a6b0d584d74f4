import ModeluxCore
import ModeluxWire
import NIOCore

/// What an answer in the caller's shape says: read for tests of answers, votes and judges, never on the plain path.
struct AnswerContent {
    /// The text of the first choice.
    let text: String
    /// Why it ended, in OpenAI's words: `stop`, `length`, `tool_calls`, …
    let finishReason: String?

    /// Reads a whole answer.
    init(_ body: ByteBuffer, _ surface: RequestRecord.Surface) {
        let tree = (try? JSONTree(parsing: body.readableBytesView)) ?? .null
        switch surface {
        case .openai:
            let choice = tree["choices"]?.arrayValue?.first
            text = AnswerContent.text(of: choice?["message"]?["content"])
            finishReason = choice?["finish_reason"]?.stringValue
        case .anthropic:
            text = AnswerContent.text(of: tree["content"])
            finishReason = AnswerContent.finish(tree["stop_reason"]?.stringValue)
        }
    }

    /// Reads the events of a stream.
    init(events: ByteBuffer, _ surface: RequestRecord.Surface) {
        var text = ""
        var finish: String?
        for line in events.readableBytesView.split(separator: UInt8(ascii: "\n")) where line.starts(with: "data:".utf8)
        {
            guard let event = try? JSONTree(parsing: line.dropFirst(5)) else { continue }
            switch surface {
            case .openai:
                guard let choice = event["choices"]?.arrayValue?.first(where: { ($0["index"]?.integerValue ?? 0) == 0 })
                else { continue }
                text += AnswerContent.text(of: choice["delta"]?["content"])
                finish = choice["finish_reason"]?.stringValue ?? finish
            case .anthropic:
                text += event["delta"]?["text"]?.stringValue ?? ""
                finish = AnswerContent.finish(event["delta"]?["stop_reason"]?.stringValue) ?? finish
            }
        }
        self.text = text
        finishReason = finish
    }

    /// A whole answer with another text in place of its own; as it was when it has none.
    static func replacing(
        textOf body: ByteBuffer, with text: String, _ surface: RequestRecord.Surface
    ) -> ByteBuffer {
        guard let tree = try? JSONTree(parsing: body.readableBytesView), case .object(let members) = tree else {
            return body
        }
        let changed = members.map { member -> JSONTree.Member in
            switch (surface, member.key) {
            case (.anthropic, "content"):
                return JSONTree.Member(
                    member.key, .array([.members(["type": .string("text"), "text": .string(text)])]))
            case (.openai, "choices"):
                let choices = (member.value.arrayValue ?? []).prefix(1).map { choice in
                    setting(choice, "message") { setting($0, "content") { _ in .string(text) } }
                }
                return JSONTree.Member(member.key, .array(Array(choices)))
            default: return member
            }
        }
        return ByteBuffer(string: JSONTree.object(changed).text)
    }

    /// What the caller asked last, for judges: the text of the last message of a request of either shape.
    static func question(in body: ByteBuffer) -> String {
        let tree = (try? JSONTree(parsing: body.readableBytesView)) ?? .null
        let messages = tree["messages"]?.arrayValue ?? []
        let last = messages.last { $0["role"]?.stringValue == "user" } ?? messages.last
        return text(of: last?["content"])
    }

    private static func setting(_ tree: JSONTree, _ key: String, _ change: (JSONTree) -> JSONTree) -> JSONTree {
        guard case .object(let members) = tree else { return tree }
        return .object(members.map { $0.key == key ? JSONTree.Member(key, change($0.value)) : $0 })
    }

    /// A content that is a string, or a list of parts of which some are text.
    private static func text(of content: JSONTree?) -> String {
        switch content {
        case .string(let text)?: text
        case .array(let parts)?: parts.compactMap { $0["text"]?.stringValue }.joined()
        default: ""
        }
    }

    private static func finish(_ reason: String?) -> String? {
        switch reason {
        case "end_turn", "stop_sequence": "stop"
        case "max_tokens": "length"
        case "tool_use": "tool_calls"
        default: reason
        }
    }
}
