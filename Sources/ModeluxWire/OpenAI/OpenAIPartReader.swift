import ModeluxCore

/// Reads the content of messages: a text, or parts.
enum OpenAIPartReader {
    static func parts(of content: JSONValue, at path: String) throws(Failure) -> [ContentPart] {
        switch content {
        case .string(let text): return [.text(text)]
        case .array(let elements):
            var parts: [ContentPart] = []
            parts.reserveCapacity(elements.count)
            for (index, element) in elements.enumerated() {
                if case .string(let text) = element {
                    parts.append(.text(text))
                    continue
                }
                let kind = try kind(of: element, at: "\(path)[\(index)]")
                parts.append(ContentPart(kind, cacheMark: cacheMark(of: element)))
            }
            return parts
        default: throw Failure.wrongKind(path, "a string or an array of parts")
        }
    }

    /// The mark that several OpenAI-shaped clients write in Anthropic's form, or OpenAI's own.
    static func cacheMark(of object: JSONValue) -> ContentPart.CacheMark? {
        if let control = object.member("cache_control") {
            return control["ttl"]?.string == "1h" ? .oneHour : .fiveMinutes
        }
        return object.member("prompt_cache_breakpoint") == nil ? nil : .fiveMinutes
    }

    private static func kind(of part: JSONValue, at path: String) throws(Failure) -> ContentPart.Kind {
        _ = try part.object(at: path)
        guard let typeValue = part.member("type") else { throw Failure.missing(path + ".type") }
        let type = try typeValue.text(at: path + ".type")
        switch type {
        case "text", "input_text", "output_text":
            return .text(try required("text", of: part, path).text(at: path + ".text"))
        case "refusal": return .refusal(try required("refusal", of: part, path).text(at: path + ".refusal"))
        case "image_url": return try image(try required("image_url", of: part, path), at: path + ".image_url")
        case "input_audio": return try audio(try required("input_audio", of: part, path), at: path + ".input_audio")
        case "video_url": return try video(try required("video_url", of: part, path), at: path + ".video_url")
        case "file": return try file(try required("file", of: part, path), at: path + ".file")
        case "thinking", "redacted_thinking", "reasoning":
            return .thinking(OpenAIReasoning.thought(ofPart: part))
        default:
            throw Failure(
                .unsupportedParameter, "\"\(path)\" is of the type \"\(type.prefix(64))\", which is not known",
                parameter: path + ".type")
        }
    }

    private static func required(_ name: String, of part: JSONValue, _ path: String) throws(Failure) -> JSONValue {
        guard let value = part.member(name) else { throw Failure.missing("\(path).\(name)") }
        return value
    }

    /// The URL in `{"url": …}`, or the bare text that some servers take.
    private static func url(_ value: JSONValue, at path: String) throws(Failure) -> String {
        if case .string(let text) = value { return text }
        return try required("url", of: value, path).text(at: path + ".url")
    }

    private static func image(_ value: JSONValue, at path: String) throws(Failure) -> ContentPart.Kind {
        let url = try url(value, at: path)
        let detail = try value.member("detail")?.text(at: path + ".detail")
        let format = try value.member("format")?.text(at: path + ".format")
        return .image(try media(url, at: path + ".url", mediaType: format, name: nil, detail: detail))
    }

    private static func video(_ value: JSONValue, at path: String) throws(Failure) -> ContentPart.Kind {
        .video(try media(try url(value, at: path), at: path + ".url", mediaType: nil, name: nil, detail: nil))
    }

    private static func audio(_ value: JSONValue, at path: String) throws(Failure) -> ContentPart.Kind {
        let data = try required("data", of: value, path).text(at: path + ".data")
        let format = try required("format", of: value, path).text(at: path + ".format")
        return .audio(Media(.base64(data), mediaType: "audio/" + (format == "mp3" ? "mpeg" : format)))
    }

    private static func file(_ value: JSONValue, at path: String) throws(Failure) -> ContentPart.Kind {
        let name = try value.member("filename")?.text(at: path + ".filename")
        let format = try value.member("format")?.text(at: path + ".format")
        let found: Media
        if let data = value.member("file_data") {
            let text = try data.text(at: path + ".file_data")
            found = try media(text, at: path + ".file_data", mediaType: format, name: name, detail: nil)
        } else if let id = value.member("file_id") {
            let text = try id.text(at: path + ".file_id")
            found = Media(text.contains("://") ? .url(text) : .file(text), mediaType: format, name: name)
        } else {
            throw Failure.missing(path + ".file_data")
        }
        let type = found.mediaType ?? name.flatMap(MediaType.named)
        switch type?.prefix(6) {
        case "image/": return .image(found)
        case "audio/": return .audio(found)
        case "video/": return .video(found)
        default: return .document(found)
        }
    }

    private static func media(
        _ text: String, at path: String, mediaType: String?, name: String?, detail: String?
    ) throws(Failure) -> Media {
        if let url = DataURL(text) {
            guard let media = url.media(name: name, detail: detail) else {
                throw Failure.wrongKind(path, "a well-formed data: URL")
            }
            return media
        }
        if text.contains("://") {
            return Media(.url(text), mediaType: mediaType ?? MediaType.named(name ?? text), name: name, detail: detail)
        }
        guard !text.isEmpty, text.utf8.allSatisfy(isBase64) else {
            throw Failure.wrongKind(path, "a data: URL or an address")
        }
        return Media(.base64(text), mediaType: mediaType ?? name.flatMap(MediaType.named), name: name, detail: detail)
    }

    private static func isBase64(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): true
        default: false
        }
    }
}
