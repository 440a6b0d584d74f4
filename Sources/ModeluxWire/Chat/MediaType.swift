/// What a medium is, where nobody said so: by the end of its name, or by its first bytes.
enum MediaType {
    /// The type that the end of a file name or of an address's path stands for; nil when it is none of these.
    static func named(_ name: String) -> String? {
        let path = name.prefix { $0 != "?" && $0 != "#" }
        guard let dot = path.lastIndex(of: ".") else { return nil }
        return byExtension[path[path.index(after: dot)...].lowercased()]
    }

    /// The type that base64 bytes begin like; nil when they begin like none of these.
    static func sniffed(base64: String) -> String? {
        let start = base64.prefix(16)
        if start.hasPrefix("UklGR") {
            // RIFF: the kind stands after the length; its last three letters are the fourth group of base64.
            return start.hasSuffix("QVZF") ? "audio/wav" : start.hasSuffix("RUJQ") ? "image/webp" : nil
        }
        // An MP4 begins with the length of its first box, then `ftyp`.
        if start.hasPrefix("AAAA"), start.dropFirst(5).hasPrefix("GZ0eX") { return "video/mp4" }
        return byBase64.first { start.hasPrefix($0.0) }?.1
    }

    /// The end of a name for a type; nil when it is none of these.
    static func fileExtension(_ type: String) -> String? {
        switch type {
        case "image/jpeg": "jpg"
        case "audio/mpeg": "mp3"
        case "text/plain": "txt"
        case "text/markdown": "md"
        case "text/html": "html"
        case "video/quicktime": "mov"
        default: byExtension.first { $0.value == type }?.key
        }
    }

    private static let byExtension: [String: String] = [
        "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
        "heic": "image/heic", "pdf": "application/pdf", "txt": "text/plain", "md": "text/markdown",
        "html": "text/html", "htm": "text/html", "csv": "text/csv", "json": "application/json",
        "doc": "application/msword",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xls": "application/vnd.ms-excel",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "wav": "audio/wav",
        "mp3": "audio/mpeg", "flac": "audio/flac", "ogg": "audio/ogg", "m4a": "audio/mp4", "mp4": "video/mp4",
        "mov": "video/quicktime", "mpeg": "video/mpeg", "webm": "video/webm", "mkv": "video/x-matroska",
    ]

    /// The first bytes of each format, as base64 begins.
    private static let byBase64: [(String, String)] = [
        ("iVBORw0KGgo", "image/png"), ("/9j/", "image/jpeg"), ("R0lGOD", "image/gif"), ("JVBERi", "application/pdf"),
        ("SUQz", "audio/mpeg"), ("//uQ", "audio/mpeg"), ("T2dnUw", "audio/ogg"), ("ZkxhQ", "audio/flac"),
    ]
}
