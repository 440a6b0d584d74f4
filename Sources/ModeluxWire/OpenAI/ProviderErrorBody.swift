import NIOCore

/// What an error body says, in any of the forms that providers send: `{"error":{…}}` (OpenAI, Anthropic, Google),
/// `{"error":"text"}`, `{"message"}`, `{"Message"}` (AWS), `{"detail"}`, each also in an array, plain text, or HTML.
struct ProviderErrorBody {
    /// The sentence, cleaned; nil when there is none, or it is HTML.
    private(set) var message: String?
    /// A code that is a plain word or a number.
    private(set) var code: String?
    /// A type that is a plain word.
    private(set) var type: String?
    /// The reason in Google's details: `API_KEY_INVALID`.
    private(set) var reason: String?
    /// The request parameter at fault, as the provider calls it.
    private(set) var parameter: String?
    /// The pause that Google's details ask for.
    private(set) var retryDelay: Duration?
    /// Whether Google's details name a quota of a whole day.
    private(set) var isDailyQuota = false
    /// Whether it is a clean error in the OpenAI shape.
    private(set) var isOpenAIShaped = false
    /// Whether it is a clean error in Anthropic's shape, which is the other one with a type around it.
    private(set) var isAnthropicShaped = false

    /// The most of a body that is looked at.
    private static let maximumBytes = 1 << 20
    private static let maximumMessageBytes = 2000

    /// Whether it says that the key is wrong, whatever the status says: xAI and Gemini answer 400.
    var blamesKey: Bool {
        let words = [code, type, reason].compactMap { $0?.lowercased() }
        if ["invalid_api_key", "api_key_invalid", "authentication_error"].contains(where: words.contains) {
            return true
        }
        let text = message?.lowercased() ?? ""
        // Anthropic answers 400 when an account has nothing left.
        return ["incorrect api key", "api key not valid", "api key expired", "credit balance is too low"]
            .contains { text.contains($0) }
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
            isAnthropicShaped = isOpenAIShaped && value["type"]?.string == "error" && error["type"]?.string != nil
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
        type = ProviderErrorBody.word(object["type"]) ?? ProviderErrorBody.exception(object["__type"]?.string)
        if let path = object["param"]?.string, path.utf8.count <= 128, path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        {
            parameter = path
        }
        for detail in object["details"]?.elements ?? [] { readDetail(detail) }
    }

    /// One of Google's details; its kind is the end of `@type`.
    private mutating func readDetail(_ detail: JSONValue) {
        guard let kind = detail["@type"]?.string else { return }
        if kind.hasSuffix(".RetryInfo") {
            retryDelay = ProviderErrorBody.duration(detail["retryDelay"]?.string)
        } else if kind.hasSuffix(".ErrorInfo") {
            reason = ProviderErrorBody.word(detail["reason"])
        } else if kind.hasSuffix(".QuotaFailure") {
            isDailyQuota = (detail["violations"]?.elements ?? []).contains {
                $0["quotaId"]?.string?.contains("PerDay") ?? false
            }
        }
    }

    /// A protobuf duration: `48s`, `0.250s`; at most a day.
    private static func duration(_ text: String?) -> Duration? {
        guard let text, text.hasSuffix("s"), let seconds = Double(text.dropLast()), seconds >= 0, seconds.isFinite
        else {
            return nil
        }
        return .milliseconds(Int64(min(seconds, 86_400) * 1000))
    }

    /// The name of an AWS exception: what stands before the colon in a header, and after the hash in a body.
    static func exception(_ text: String?) -> String? {
        guard let text else { return nil }
        let name = text.prefix { $0 != ":" }
        return word(.string(String(name.split(separator: "#").last ?? name)))
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
