import ModeluxCore

/// Images, documents, films and sounds as Converse takes them: bytes, or an object in S3.
struct BedrockMediaWriter {
    /// The names of documents so far: each may be there once.
    private var names: Set<String> = []

    private static let imageFormats = [
        "image/png": "png", "image/jpeg": "jpeg", "image/jpg": "jpeg", "image/gif": "gif", "image/webp": "webp",
    ]
    private static let documentFormats = [
        "application/pdf": "pdf", "text/csv": "csv", "application/msword": "doc",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
        "application/vnd.ms-excel": "xls",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx", "text/html": "html",
        "text/markdown": "md", "application/json": "txt",
    ]
    private static let videoFormats = [
        "video/mp4": "mp4", "video/quicktime": "mov", "video/x-matroska": "mkv", "video/webm": "webm",
        "video/x-flv": "flv", "video/mpeg": "mpeg", "video/x-ms-wmv": "wmv", "video/3gpp": "three_gp",
    ]
    private static let audioFormats = [
        "audio/mpeg": "mp3", "audio/mp3": "mp3", "audio/wav": "wav", "audio/x-wav": "wav", "audio/flac": "flac",
        "audio/ogg": "ogg", "audio/opus": "opus", "audio/aac": "aac", "audio/mp4": "mp4", "audio/webm": "webm",
    ]

    /// An image.
    /// - Throws: `Failure` of kind `unsupportedParameter` for one that Bedrock could not see.
    func image(_ media: Media) throws(Failure) -> JSONValue {
        try block("image", media, BedrockMediaWriter.imageFormats, fallback: nil)
    }

    /// A film.
    /// - Throws: as `image`.
    func video(_ media: Media) throws(Failure) -> JSONValue {
        try block("video", media, BedrockMediaWriter.videoFormats, fallback: "mp4")
    }

    /// A sound.
    /// - Throws: as `image`.
    func audio(_ media: Media) throws(Failure) -> JSONValue {
        try block("audio", media, BedrockMediaWriter.audioFormats, fallback: "wav")
    }

    /// A document, under a name of its own.
    /// - Throws: as `image`.
    mutating func document(_ media: Media) throws(Failure) -> JSONValue {
        var media = media
        if case .text(let text) = media.source {
            media.source = .base64(Base64.encoded(text))
            media.mediaType = media.mediaType ?? "text/plain"
        }
        let type = BedrockMediaWriter.type(of: media) ?? ""
        let fallback = type.hasPrefix("text/") ? "txt" : nil
        let block = try block("document", media, BedrockMediaWriter.documentFormats, fallback: fallback)
        let members = (block["document"]?.members ?? []) + [JSONValue.Member("name", .string(name(for: media)))]
        return .object([JSONValue.Member("document", .object(members))])
    }

    private func block(
        _ kind: String, _ media: Media, _ formats: [String: String], fallback: String?
    ) throws(Failure) -> JSONValue {
        let source: JSONValue
        switch media.source {
        case .base64(let data): source = .object([JSONValue.Member("bytes", .string(data))])
        case .text(let text): source = .object([JSONValue.Member("bytes", .string(Base64.encoded(text)))])
        case .url(let address), .file(let address):
            guard address.hasPrefix("s3://") else {
                throw BedrockMediaWriter.refused(
                    "Bedrock fetches no \(kind) but from S3: send the bytes as base64, or an s3:// address")
            }
            source = .object([JSONValue.Member("s3Location", .object([JSONValue.Member("uri", .string(address))]))])
        }
        let type = BedrockMediaWriter.type(of: media)
        guard let format = type.flatMap({ formats[$0] }) ?? fallback else {
            throw BedrockMediaWriter.refused(
                "Bedrock takes no \(kind) of type \"\(type ?? "unknown")\": it takes "
                    + Set(formats.values).sorted().joined(separator: ", "))
        }
        let members = [JSONValue.Member("format", .string(format)), JSONValue.Member("source", source)]
        return .object([JSONValue.Member(kind, .object(members))])
    }

    /// The type as it was told, else by the first bytes, else by the name.
    private static func type(of media: Media) -> String? {
        if let type = media.mediaType { return type.lowercased() }
        let byName = media.name.flatMap { MediaType.named($0) }
        switch media.source {
        case .base64(let data): return MediaType.sniffed(base64: data) ?? byName
        case .url(let address), .file(let address): return byName ?? MediaType.named(address)
        case .text: return byName ?? "text/plain"
        }
    }

    /// A name of letters, digits, single blanks and `-()[]` alone, at most 200, that no other document has.
    private mutating func name(for media: Media) -> String {
        var given = media.name ?? ""
        if MediaType.named(given) != nil, let dot = given.lastIndex(of: ".") { given = String(given[..<dot]) }
        var clean: [UInt8] = []
        for byte in given.utf8.prefix(180) {
            switch byte {
            case 48...57, 65...90, 97...122, 40, 41, 45, 91, 93: clean.append(byte)
            default: if let last = clean.last, last != 32 { clean.append(32) }
            }
        }
        if clean.last == 32 { clean.removeLast() }
        let base = clean.isEmpty ? "document" : String(decoding: clean, as: UTF8.self)
        var name = base
        var number = 1
        while !names.insert(name).inserted {
            number += 1
            name = "\(base) \(number)"
        }
        return name
    }

    private static func refused(_ message: String) -> Failure {
        Failure(.unsupportedParameter, message, parameter: "messages")
    }
}
