import ModeluxCore

/// Writes a user's parts as OpenAI's.
enum OpenAIPartWriter {
    /// The part; nil for one that only another dialect has.
    /// - Throws: `Failure` for a medium without which the request would mean something else.
    static func value(of part: ContentPart, _ traits: OpenAIModelTraits) throws(Failure) -> JSONValue? {
        switch part.kind {
        case .text(let text), .refusal(let text): ["type": "text", "text": .string(text)]
        case .image(let media): try image(media)
        case .document(let media): try document(media, traits)
        case .audio(let media): try audio(media)
        case .video(let media): try video(media, traits)
        case .foreign(.openai, let value): value
        case .foreign, .toolCall, .toolResult, .thinking: nil
        }
    }

    private static func refused(_ what: String, _ feature: ChatFeature) -> Failure {
        Failure(.unsupportedParameter, what, parameter: feature.rawValue)
    }

    private static func image(_ media: Media) throws(Failure) -> JSONValue {
        let url: String
        switch media.source {
        case .base64(let data):
            let type = media.mediaType ?? MediaType.sniffed(base64: data) ?? "image/png"
            url = DataURL.text(mediaType: type, base64: data)
        case .url(let text): url = text
        case .file:
            throw refused("an image that lies at another provider cannot be sent on: send its bytes", .files)
        case .text: throw refused("an image must be given as base64 or as an address", .imageBase64)
        }
        var members: [JSONValue.Member] = [JSONValue.Member("url", .string(url))]
        if let detail = media.detail { members.append(JSONValue.Member("detail", .string(detail))) }
        return ["type": "image_url", "image_url": .object(members)]
    }

    private static func document(_ media: Media, _ traits: OpenAIModelTraits) throws(Failure) -> JSONValue {
        switch media.source {
        case .text(let text):
            let title = media.name.map { "\($0):\n\n" } ?? ""
            return ["type": "text", "text": .string(title + text)]
        case .base64(let data):
            guard traits.vendor != .groq else {
                throw refused("this provider takes no documents but plain text: send the text", .documents)
            }
            let type = media.mediaType ?? MediaType.sniffed(base64: data) ?? "application/pdf"
            let name = media.name ?? "document." + (MediaType.fileExtension(type) ?? "bin")
            return [
                "type": "file",
                "file": [
                    "filename": .string(name), "file_data": .string(DataURL.text(mediaType: type, base64: data)),
                ],
            ]
        case .url:
            throw refused("this provider does not fetch documents: send the document's bytes", .documents)
        case .file:
            throw refused("a document that lies at another provider cannot be sent on: send its bytes", .files)
        }
    }

    private static func audio(_ media: Media) throws(Failure) -> JSONValue {
        guard case .base64(let data) = media.source else {
            throw refused("this provider takes sound only as base64", .audio)
        }
        let type = media.mediaType ?? MediaType.sniffed(base64: data) ?? "audio/wav"
        let format =
            switch type {
            case "audio/mpeg": "mp3"
            case "audio/x-wav", "audio/wave": "wav"
            default: type.hasPrefix("audio/") ? String(type.dropFirst(6)) : "wav"
            }
        return ["type": "input_audio", "input_audio": ["data": .string(data), "format": .string(format)]]
    }

    private static func video(_ media: Media, _ traits: OpenAIModelTraits) throws(Failure) -> JSONValue {
        guard !traits.isOpenAI, traits.vendor != .groq else { throw refused("this provider takes no films", .video) }
        switch media.source {
        case .url(let url): return ["type": "video_url", "video_url": ["url": .string(url)]]
        case .base64(let data):
            let type = media.mediaType ?? "video/mp4"
            return [
                "type": "video_url", "video_url": ["url": .string(DataURL.text(mediaType: type, base64: data))],
            ]
        case .file, .text: throw refused("a film must be given as base64 or as an address", .video)
        }
    }
}
