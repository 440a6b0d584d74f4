import Crypto
import FoundationEssentials
public import ModeluxCore
public import NIOCore

/// Signs requests for AWS (Signature Version 4: docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html). Pure: the
/// same request at the same moment always gets the same headers.
///
///     let request = SigV4.Request(method: "POST", host: url.authority, target: url.target, headers: …, body: body)
///     for header in SigV4.headers(for: request, keys: keys, at: now) { headers.set(header.name, header.value) }
///
/// A signature is good for five minutes: sign when the request is sent, each attempt anew. Cost: two passes of SHA-256
/// over nothing but the body and some 300 bytes, and five over a block each.
public enum SigV4 {
    /// What is signed.
    public struct Request: Sendable {
        /// The method, upper case.
        public var method: String
        /// What the `host` header carries.
        public var host: String
        /// Path and query as the request line carries them.
        public var target: String
        /// Further headers to be signed, such as `content-type`. Those that a proxy may change must not be.
        public var headers: [(name: String, value: String)]
        /// The body as it is sent.
        public var body: ByteBuffer

        /// Describes a request.
        public init(
            method: String, host: String, target: String, headers: [(name: String, value: String)] = [],
            body: ByteBuffer
        ) {
            self.method = method
            self.host = host
            self.target = target
            self.headers = headers
            self.body = body
        }
    }

    /// The headers to send besides those that are signed: `x-amz-date`, `x-amz-security-token` where there is a
    /// session, and `authorization`. They hold no clear key, but are worth one for five minutes.
    public static func headers(
        for request: Request, keys: BedrockCredential.Keys, service: String = "bedrock", at moment: Timestamp
    ) -> [(name: String, value: String)] {
        let date = SigV4.date(moment)
        let day = String(date.prefix(8))
        var added = [(name: "x-amz-date", value: date)]
        if let token = keys.sessionToken { added.append((name: "x-amz-security-token", value: token.reveal())) }
        let (canonicalHeaders, names) = canonical(request.headers + [(name: "host", value: request.host)] + added)
        let (path, query) = split(request.target)
        let canonicalRequest = [
            request.method, canonical(path: path), canonical(query: query), canonicalHeaders, names,
            hexadecimal(hash(request.body)),
        ].joined(separator: "\n")
        let scope = "\(day)/\(keys.region)/\(service)/aws4_request"
        let text = [
            "AWS4-HMAC-SHA256", date, scope, hexadecimal(SHA256.hash(data: Array(canonicalRequest.utf8))),
        ].joined(separator: "\n")
        var key = SymmetricKey(data: Array(("AWS4" + keys.secretKey.reveal()).utf8))
        for part in [day, keys.region, service, "aws4_request"] { key = SymmetricKey(data: code(part, key)) }
        let signature = hexadecimal(code(text, key))
        let value =
            "AWS4-HMAC-SHA256 Credential=\(keys.accessKeyID)/\(scope), SignedHeaders=\(names), Signature=\(signature)"
        return added + [(name: "authorization", value: value)]
    }

    // MARK: The canonical request

    /// `20150830T123600Z`
    private static func date(_ moment: Timestamp) -> String {
        String(moment.iso8601.prefix(19).filter { $0 != "-" && $0 != ":" }) + "Z"
    }

    private static func split(_ target: String) -> (path: Substring, query: Substring) {
        let path = target.prefix { $0 != "?" }
        return (path, target.dropFirst(path.count + 1))
    }

    /// The path without detours, each segment encoded once more than the request line has it.
    private static func canonical(path: Substring) -> String {
        var segments: [Substring] = []
        let all = path.split(separator: "/", omittingEmptySubsequences: true)
        for segment in all where segment != "." {
            if segment == ".." { _ = segments.popLast() } else { segments.append(segment) }
        }
        let isFolder = path.hasSuffix("/") || path.hasSuffix("/.") || path.hasSuffix("/..")
        let joined = segments.map { encoded(String($0)) }.joined(separator: "/")
        return "/" + joined + (isFolder && !segments.isEmpty ? "/" : "")
    }

    /// The query's items in the order of their names, encoded the one right way.
    private static func canonical(query: Substring) -> String {
        let items = query.split(separator: "&").map { item in
            let name = item.prefix { $0 != "=" }
            let value = item.dropFirst(name.count + 1)
            return (name: encoded(decoded(name)), value: encoded(decoded(value)))
        }
        let sorted = items.sorted { ($0.name, $0.value) < ($1.name, $1.value) }
        return sorted.map { $0.name + "=" + $0.value }.joined(separator: "&")
    }

    /// The headers in the order of their names, each with its line end, and the names.
    private static func canonical(_ headers: [(name: String, value: String)]) -> (lines: String, names: String) {
        var values: [String: [String]] = [:]
        for header in headers {
            let words = header.value.split { [" ", "\t", "\r", "\n", "\r\n"].contains($0) }
            values[header.name.lowercased(), default: []].append(words.joined(separator: " "))
        }
        let names = values.keys.sorted()
        let lines = names.map { $0 + ":" + (values[$0] ?? []).joined(separator: ",") + "\n" }
        return (lines.joined(), names.joined(separator: ";"))
    }

    /// Everything escaped but letters, digits and `-._~`.
    private static func encoded(_ text: String) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, 45, 46, 95, 126: result.append(byte)
            default: result += [UInt8(ascii: "%"), digit(byte >> 4, upper: true), digit(byte & 15, upper: true)]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func decoded(_ text: Substring) -> String {
        var result: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2).compactMap(JSONString.hexadecimalValue)
            if byte == UInt8(ascii: "%"), digits.count == 2 {
                result.append(digits[0] << 4 | digits[1])
                rest = rest.dropFirst(2)
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    // MARK: Hashes

    private static func hash(_ body: ByteBuffer) -> SHA256.Digest {
        var hasher = SHA256()
        unsafe body.withUnsafeReadableBytes { unsafe hasher.update(bufferPointer: $0) }
        return hasher.finalize()
    }

    private static func code(_ text: String, _ key: SymmetricKey) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key))
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        String(
            decoding: bytes.flatMap { [digit($0 >> 4, upper: false), digit($0 & 15, upper: false)] }, as: UTF8.self)
    }

    private static func digit(_ value: UInt8, upper: Bool) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : (upper ? UInt8(ascii: "A") : UInt8(ascii: "a")) + value - 10
    }
}
