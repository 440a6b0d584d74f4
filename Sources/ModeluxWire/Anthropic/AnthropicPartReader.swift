import ModeluxCore
import NIOCore

/// Reads Anthropic's content: a text, or blocks. Remembers the names of the tools that were called, which results do
/// not repeat.
struct AnthropicPartReader {
    /// What has no place in the hub.
    private(set) var unmapped: [String] = []
    private var toolNames: [String: String] = [:]

    /// Reads content; `path` names it in errors.
    mutating func parts(of content: JSONValue, at path: () -> String) throws(Failure) -> [ContentPart] {
        switch content {
        case .string(let text): return [.text(text)]
        case .array(let elements):
            var parts: [ContentPart] = []
            parts.reserveCapacity(elements.count)
            for (index, element) in elements.enumerated() {
                parts.append(try part(element) { path() + "[\(index)]" })
            }
            return parts
        default: throw Failure.wrongKind(path(), "a string or an array of blocks")
        }
    }

    /// A block of a caller's message or of an answer.
    mutating func part(_ block: JSONValue, at path: () -> String) throws(Failure) -> ContentPart {
        _ = try block.object(at: path())
        let mark = block.member("cache_control").map(AnthropicPartReader.cacheMark)
        return ContentPart(try kind(of: block, at: path), cacheMark: mark)
    }

    /// How long a mark's cache should live.
    static func cacheMark(_ control: JSONValue) -> ContentPart.CacheMark {
        control["ttl"]?.string == "1h" ? .oneHour : .fiveMinutes
    }

    private mutating func kind(of block: JSONValue, at path: () -> String) throws(Failure) -> ContentPart.Kind {
        switch try required("type", of: block, path).text(at: path() + ".type") {
        case "text": return .text(try required("text", of: block, path).text(at: path() + ".text"))
        case "thinking":
            let signature = block.member("signature")?.string ?? ""
            return .thinking(
                Thinking(
                    block.member("thinking")?.string ?? "",
                    signature: signature.isEmpty ? nil : Signature(carried: signature)))
        case "redacted_thinking":
            return .thinking(Thinking("", sealed: try required("data", of: block, path).text(at: path() + ".data")))
        case "tool_use": return .toolCall(try toolCall(block, path))
        case "tool_result": return .toolResult(try toolResult(block, path))
        case "image":
            guard let media = try media(block, path) else { return .foreign(.anthropic, block) }
            return .image(media)
        case "document":
            guard var media = try media(block, path) else { return .foreign(.anthropic, block) }
            media.name = block.member("title")?.string
            if block.member("citations")?.member("enabled") == true { note(.citations) }
            if block.member("context") != nil { unmapped.append("document.context") }
            return .document(media)
        case "search_result":
            let texts = block.member("content")?.elements?.compactMap { $0["text"]?.string } ?? []
            if block.member("citations")?.member("enabled") == true { note(.citations) }
            return .document(
                Media(
                    .text(texts.joined(separator: "\n\n")), mediaType: "text/plain",
                    name: block.member("title")?.string))
        default: return .foreign(.anthropic, block)
        }
    }

    private mutating func note(_ feature: ChatFeature) {
        if !unmapped.contains(feature.rawValue) { unmapped.append(feature.rawValue) }
    }

    private func required(
        _ name: String, of block: JSONValue, _ path: () -> String
    ) throws(Failure) -> JSONValue {
        guard let value = block.member(name) else { throw Failure.missing(path() + "." + name) }
        return value
    }

    private mutating func toolCall(_ block: JSONValue, _ path: () -> String) throws(Failure) -> ToolCall {
        let id = try required("id", of: block, path).text(at: path() + ".id")
        let name = try required("name", of: block, path).text(at: path() + ".name")
        toolNames[id] = name
        let input = block.member("input") ?? .object([])
        return ToolCall(id: id, name: name, arguments: String(buffer: input.buffer))
    }

    private mutating func toolResult(_ block: JSONValue, _ path: () -> String) throws(Failure) -> ToolResult {
        let id = try required("tool_use_id", of: block, path).text(at: path() + ".tool_use_id")
        var parts: [ContentPart] = []
        if let content = block.member("content") {
            // Results hold no results: the nesting ends here.
            if case .array(let elements) = content {
                for (index, element) in elements.enumerated() where element["type"]?.string == "tool_result" {
                    throw Failure.wrongKind(path() + ".content[\(index)].type", "text, an image or a document")
                }
            }
            parts = try self.parts(of: content) { path() + ".content" }
        }
        return ToolResult(
            callID: id, name: toolNames[id], parts: parts,
            isError: try block.member("is_error")?.flag(at: path() + ".is_error") ?? false)
    }

    /// The medium of an image or a document; nil for a source that only Anthropic has.
    private func media(_ block: JSONValue, _ path: () -> String) throws(Failure) -> Media? {
        let source = try required("source", of: block, path)
        func text(_ name: String) throws(Failure) -> String {
            try required(name, of: source) { path() + ".source" }.text(at: path() + ".source." + name)
        }
        _ = try source.object(at: path() + ".source")
        switch try text("type") {
        case "base64": return Media(.base64(try text("data")), mediaType: source.member("media_type")?.string)
        case "text": return Media(.text(try text("data")), mediaType: source.member("media_type")?.string)
        case "url": return Media(.url(try text("url")))
        case "file": return Media(.file(try text("file_id")))
        case "content":
            if case .string(let text) = source.member("content") { return Media(.text(text), mediaType: "text/plain") }
            let blocks = source.member("content")?.elements ?? []
            let texts = blocks.compactMap { $0["text"]?.string }
            guard texts.count == blocks.count else { return nil }
            return Media(.text(texts.joined(separator: "\n\n")), mediaType: "text/plain")
        default: return nil
        }
    }
}
