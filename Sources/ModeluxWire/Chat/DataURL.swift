/// A `data:` URL (RFC 2397), as OpenAI-shaped requests carry images and files.
struct DataURL {
    /// The media type without parameters, lower case; nil when the URL names none.
    let mediaType: String?
    /// What follows the comma.
    let payload: String
    /// Whether the payload is base64; otherwise it is percent-encoded text.
    let isBase64: Bool

    /// Reads a URL; nil when it is no `data:` URL.
    init?(_ text: String) {
        let bytes = text.utf8
        guard bytes.count > 5, text.prefix(5).lowercased() == "data:" else { return nil }
        guard let comma = bytes.firstIndex(of: UInt8(ascii: ",")) else { return nil }
        let head = text[bytes.index(bytes.startIndex, offsetBy: 5)..<comma].lowercased()
        payload = String(text[bytes.index(after: comma)...])
        let fields = head.split(separator: ";", omittingEmptySubsequences: false)
        mediaType = fields.first.flatMap { $0.isEmpty ? nil : String($0) }
        isBase64 = fields.dropFirst().contains("base64")
    }

    /// The medium that the URL holds; nil when its text is broken.
    func media(name: String? = nil, detail: String? = nil) -> Media? {
        if isBase64 { return Media(.base64(payload), mediaType: mediaType, name: name, detail: detail) }
        guard let text = DataURL.percentDecoded(payload) else { return nil }
        return Media(.text(text), mediaType: mediaType ?? "text/plain", name: name, detail: detail)
    }

    /// A URL of base64 bytes.
    static func text(mediaType: String, base64: String) -> String {
        "data:" + mediaType + ";base64," + base64
    }

    private static func percentDecoded(_ text: String) -> String? {
        var result: [UInt8] = []
        var rest = text.utf8.makeIterator()
        while let byte = rest.next() {
            guard byte == UInt8(ascii: "%") else {
                result.append(byte)
                continue
            }
            guard let high = rest.next().flatMap(JSONString.hexadecimalValue),
                let low = rest.next().flatMap(JSONString.hexadecimalValue)
            else { return nil }
            result.append(high << 4 | low)
        }
        return String(validating: result, as: UTF8.self)
    }
}
