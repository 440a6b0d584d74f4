/// Where an upstream listens: scheme, host and port.
public struct Origin: Hashable, Sendable {
    /// True for `https`.
    public let isSecure: Bool
    /// Host name in lower case, or a numeric address; IPv6 without brackets.
    public let host: String
    /// Port, 1 to 65535.
    public let port: Int

    /// Names an origin by its parts.
    public init(isSecure: Bool, host: String, port: Int) {
        self.isSecure = isSecure
        self.host = host.lowercased()
        self.port = port
    }

    /// Reads the origin of an `http:` or `https:` URL; path and query are left out.
    ///
    /// - Returns: `nil` when the text is no such URL, names a user, or holds characters that a URL may not hold.
    public init?(url: String) {
        guard let (origin, _) = Origin.parse(url) else { return nil }
        self = origin
    }

    /// Reads a base URL such as `https://api.openai.com/v1`.
    ///
    /// - Returns: the origin and the path without a slash at its end (so `""` or `"/v1"`); `nil` when the text is not an
    ///   absolute `http:` or `https:` URL, names a user, or has a query or fragment.
    public static func parse(_ url: String) -> (origin: Origin, basePath: String)? {
        let isSecure: Bool
        let rest: Substring
        if url.lowercased().hasPrefix("https://") {
            isSecure = true
            rest = url.dropFirst(8)
        } else if url.lowercased().hasPrefix("http://") {
            isSecure = false
            rest = url.dropFirst(7)
        } else {
            return nil
        }
        let authority = rest.prefix { $0 != "/" }
        var path = rest[authority.endIndex...]
        while path.hasSuffix("/") { path = path.dropLast() }
        guard path.utf8.allSatisfy(ASCII.isPath), let parts = split(authority) else { return nil }
        let port = parts.port ?? (isSecure ? 443 : 80)
        return (Origin(isSecure: isSecure, host: parts.host, port: port), String(path))
    }

    /// The value of a `Host` field: the port is left out when it is the scheme's own.
    public var hostField: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    private static func split(_ authority: Substring) -> (host: String, port: Int?)? {
        var host = authority
        var port: Int?
        let bracket = authority.hasPrefix("[") ? authority.lastIndex(of: "]") : nil
        let searched = bracket.map { authority[$0...] } ?? authority
        if let colon = searched.lastIndex(of: ":") {
            let digits = authority[authority.index(after: colon)...]
            guard digits.utf8.allSatisfy(ASCII.isDigit), let number = Int(digits), number > 0, number < 65_536 else {
                return nil
            }
            port = number
            host = authority[..<colon]
        }
        if bracket != nil {
            guard host.hasSuffix("]") else { return nil }
            host = host.dropFirst().dropLast()
            guard !host.isEmpty, host.utf8.allSatisfy({ ASCII.hexValue($0) != nil || $0 == ASCII.colon || $0 == 0x2E })
            else { return nil }
        } else {
            guard !host.isEmpty, host.utf8.count <= 253, host.utf8.allSatisfy(isHostByte) else { return nil }
        }
        return (String(host), port)
    }

    /// Letters, digits, `-`, `.` and `_`: what host names consist of.
    private static func isHostByte(_ byte: UInt8) -> Bool {
        ASCII.isDigit(byte) || ASCII.lowered(byte) &- 0x61 < 26 || byte == 0x2D || byte == 0x2E || byte == 0x5F
    }
}
