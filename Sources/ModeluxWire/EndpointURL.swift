/// An upstream address, taken apart for the HTTP client. Reads only what an operator may configure: `http:` or
/// `https:`, a host or an IP literal, an optional port, path and query; no user, no fragment, no blank.
public struct EndpointURL: Sendable, Hashable {
    /// Whether it is `https:`.
    public let isSecure: Bool
    /// The host as it stands in the address, lower case, an IPv6 literal without its brackets.
    public let host: String
    /// The port, the scheme's own when the address names none.
    public let port: Int
    /// The path with its leading slash and without a trailing one; empty for the root.
    public let path: String
    /// The query without its question mark, if there is one.
    public let query: String?

    /// Reads an address; nil when it is none of ours.
    public init?(_ text: String) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !EndpointURL.foreign.contains($0) }) else {
            return nil
        }
        let lower = text.lowercased()
        guard lower.hasPrefix("http://") || lower.hasPrefix("https://") else { return nil }
        isSecure = lower.hasPrefix("https")
        let rest = text.dropFirst(isSecure ? 8 : 7)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let target = rest.dropFirst(authority.count)
        guard let (host, port) = EndpointURL.hostAndPort(authority.lowercased()) else { return nil }
        self.host = host
        self.port = port ?? (isSecure ? 443 : 80)
        let question = target.firstIndex(of: "?")
        var path = String(target[..<(question ?? target.endIndex)])
        while path.hasSuffix("/") { path.removeLast() }
        self.path = path
        query = question.map { String(target[target.index(after: $0)...]) }
    }

    /// What RFC 3986 lets stand in no address but escaped, and the fragment's mark, which is never sent.
    private static let foreign = Array("\\<>\"{}|^`#".utf8)

    private init(_ other: EndpointURL, path: String, query: String?) {
        (isSecure, host, port) = (other.isSecure, other.host, other.port)
        self.path = path
        self.query = query
    }

    /// What the request line carries: path and query.
    public var target: String { (path.isEmpty ? "/" : path) + (query.map { "?" + $0 } ?? "") }

    /// What the `host` header carries: the host, with its port when it is not the scheme's own.
    public var authority: String {
        let shown = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? shown : "\(shown):\(port)"
    }

    /// Scheme and authority: `https://api.openai.com`.
    public var origin: String { (isSecure ? "https://" : "http://") + authority }

    /// The whole address.
    public var text: String { origin + target }

    /// The address with more path; `suffix` begins with a slash.
    func appending(_ suffix: String) -> EndpointURL { EndpointURL(self, path: path + suffix, query: query) }

    /// The address without the end of its path, if it ends so.
    func droppingPath(_ suffix: String) -> EndpointURL {
        path.hasSuffix(suffix) ? EndpointURL(self, path: String(path.dropLast(suffix.count)), query: query) : self
    }

    /// The address with one more query item, already encoded.
    func adding(query item: String) -> EndpointURL {
        EndpointURL(self, path: path, query: query.map { $0.isEmpty ? item : $0 + "&" + item } ?? item)
    }

    /// A path segment or a query value with everything escaped but letters, digits and `-._~` (RFC 3986, 2.3).
    static func percentEncoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, 45, 46, 95, 126: result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += digits.utf8.count == 1 ? "%0" + digits : "%" + digits
            }
        }
        // A segment of dots alone would be taken for a way up.
        return result == "." || result == ".." ? result.replacing(".", with: "%2E") : result
    }

    private static func hostAndPort(_ authority: String) -> (host: String, port: Int?)? {
        var host = Substring(authority)
        var portText: Substring?
        if authority.hasPrefix("[") {
            guard let bracket = authority.firstIndex(of: "]") else { return nil }
            let after = authority[authority.index(after: bracket)...]
            guard after.isEmpty || after.hasPrefix(":") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<bracket]
            portText = after.isEmpty ? nil : after.dropFirst()
            guard host.utf8.allSatisfy({ $0 == 58 || $0 == 46 || (48...57).contains($0) || (97...102).contains($0) })
            else { return nil }
        } else {
            if let colon = authority.firstIndex(of: ":") {
                host = authority[..<colon]
                portText = authority[authority.index(after: colon)...]
            }
            let isPlain = host.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (97...122).contains(byte) || byte == 45 || byte == 46 || byte == 95
            }
            guard isPlain else { return nil }
        }
        guard !host.isEmpty, host.utf8.count <= 253 else { return nil }
        guard let portText else { return (String(host), nil) }
        guard portText.utf8.allSatisfy({ (48...57).contains($0) }), let port = Int(portText),
            (1...65_535).contains(port)
        else { return nil }
        return (String(host), port)
    }
}
