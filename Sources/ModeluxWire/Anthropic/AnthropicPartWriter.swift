import ModeluxCore

/// Writes media as Anthropic's blocks.
enum AnthropicPartWriter {
    /// The beta flag without which files of Anthropic's cannot be named.
    static let filesBeta = "files-api-2025-04-14"

    /// The members of an image.
    /// - Throws: `Failure` when the provider could not get at it.
    static func image(_ media: Media) throws(Failure) -> [JSONValue.Member] {
        let source: JSONValue
        switch media.source {
        case .base64(let data):
            source = base64(data, mediaType: imageType(media.mediaType, data))
        case .url(let url): source = ["type": "url", "url": .string(url)]
        case .file(let id): source = try file(id)
        case .text: throw refused("an image must be given as base64 or as an address", .imageBase64)
        }
        return [JSONValue.Member("type", "image"), JSONValue.Member("source", source)]
    }

    /// The members of a document.
    /// - Throws: `Failure` when the provider could not read it.
    static func document(_ media: Media) throws(Failure) -> [JSONValue.Member] {
        let source: JSONValue
        switch media.source {
        case .text(let text): source = plain(text)
        case .url(let url): source = ["type": "url", "url": .string(url)]
        case .file(let id): source = try file(id)
        case .base64(let data):
            let type = media.mediaType ?? media.name.flatMap(MediaType.named) ?? MediaType.sniffed(base64: data)
            if type == nil || type == "application/pdf" {
                source = base64(data, mediaType: "application/pdf")
            } else if let text = text(of: data, type ?? "") {
                source = plain(text)
            } else {
                throw refused("this provider takes documents only as PDF or as text", .documents)
            }
        }
        var members: [JSONValue.Member] = [
            JSONValue.Member("type", "document"), JSONValue.Member("source", source),
        ]
        if let name = media.name, !name.isEmpty { members.append(JSONValue.Member("title", .string(name))) }
        return members
    }

    /// The error for a medium without which the request would mean something else.
    static func refused(_ what: String, _ feature: ChatFeature) -> Failure {
        Failure(.unsupportedParameter, what, parameter: feature.rawValue)
    }

    /// Whether a file's id is one of Anthropic's: OpenAI's have a hyphen.
    static func isOwnFile(_ id: String) -> Bool { id.hasPrefix("file_") }

    private static func file(_ id: String) throws(Failure) -> JSONValue {
        guard isOwnFile(id) else {
            throw refused("a file that lies at another provider cannot be sent on: send its bytes", .files)
        }
        return ["type": "file", "file_id": .string(id)]
    }

    private static func base64(_ data: String, mediaType: String) -> JSONValue {
        ["type": "base64", "media_type": .string(mediaType), "data": .string(data)]
    }

    private static func plain(_ text: String) -> JSONValue {
        ["type": "text", "media_type": "text/plain", "data": .string(text)]
    }

    private static func imageType(_ type: String?, _ data: String) -> String {
        switch type?.lowercased() {
        case "image/jpg": "image/jpeg"
        case let type?: type
        case nil: MediaType.sniffed(base64: data) ?? "image/png"
        }
    }

    private static func text(of data: String, _ type: String) -> String? {
        guard type.hasPrefix("text/") || type == "application/json" || type == "application/xml" else { return nil }
        return Base64.text(of: data)
    }
}
