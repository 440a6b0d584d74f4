import NIOCore

/// What an error body says, in any of the forms that servers of the OpenAI shape send: `{"error":{…}}`,
/// `{"error":"text"}`, `{"message"}`, `{"Message"}`, `{"detail"}`, each also in an array, plain text, or HTML.
struct ProviderErrorBody {
    /// The sentence, cleaned; nil when there is none, or it is HTML.
    private(set) var message: String?
    /// A code that is a plain word or a number.
    private(set) var code: String?
    /// A type that is a plain word.
    private(set) var type: String?
    /// Whether it is a clean error in the OpenAI shape.
    private(set) var isOpenAIShaped = false

    /// The most of a body that is looked at.
    private static let maximumBytes = 1 << 20
    private static let maximumMessageBytes = 2000

    /// Whether it says that the key is wrong, whatever the status says: xAI and Gemini answer 400.
    var blamesKey: Bool {
        let words = [code, type].compactMap { $0?.lowercased() }
        if words.contains("invalid_api_key") || words.contains("api_key_invalid") { return true }
        let text = message?.lowercased() ?? ""
        return text.contains("incorrect api key") || text.contains("api key not valid")
    }

    init(_ body: ByteBuffer, contentType: String?) {
        let start = body.getSlice(
            at: body.readerIndex, length: min(body.readableBytes, ProviderErrorBody.maximumBytes))
        guard let start, start.readableBytes > 0 else { return }
        guard let value = try? JSONValue(parsing: start) else {
            let isHTML = contentType?.lowercased().contains("html") ?? false
            message = isHTML ? nil : ProviderErrorBody.clean(String(buffer: start))
            return
        }
        let object = value[0] ?? value
        if let error = object["error"], error.members != nil {
            read(error)
            isOpenAIShaped = value.members != nil && message != nil && error["message"]?.string == message
            return
        }
        read(object)
        message = ProviderErrorBody.clean(object["error"]?.string) ?? message
    }

    private mutating func read(_ object: JSONValue) {
        message =
            ["message", "Message", "detail"].lazy
            .compactMap { ProviderErrorBody.clean(object[$0]?.string) }.first
        code = ProviderErrorBody.word(object["code"]) ?? ProviderErrorBody.word(object["status"])
        type = ProviderErrorBody.word(object["type"])
    }

    /// A code or a type, when it is short and has only letters, digits and `_-.`.
    private static func word(_ value: JSONValue?) -> String? {
        let text: String? =
            switch value {
            case .string(let text): text
            case .number(let text): text
            default: nil
            }
        guard let text, !text.isEmpty, text.utf8.count <= 64 else { return nil }
        let isPlain = text.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte & 0xDF) || byte == 45 || byte == 46 || byte == 95
        }
        return isPlain ? text : nil
    }

    /// A text without control characters and outer blanks, cut to its limit; nil when nothing is left or it is HTML.
    private static func clean(_ text: String?) -> String? {
        guard let text else { return nil }
        let start = text.prefix(64 << 10).lowercased()
        guard !["<html", "<!doctype", "<head", "<body", "<script"].contains(where: start.contains) else { return nil }
        var result = String.UnicodeScalarView()
        var bytes = 0
        for scalar in text.unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
            let kept: Unicode.Scalar = isControl ? " " : scalar
            if kept == " ", result.last == " " || result.isEmpty { continue }
            bytes += UTF8.width(kept)
            if bytes > maximumMessageBytes { break }
            result.append(kept)
        }
        while result.last == " " { result.removeLast() }
        return result.isEmpty ? nil : String(result)
    }
}
