/// Checks the address of a provider as an operator gives it.
enum BaseURL {
    /// The address without trailing slashes.
    /// - Returns: nil and what is wrong with it, or the address.
    static func check(_ text: String) -> (url: String?, problem: String?) {
        let scheme = ["https://", "http://"].first { text.lowercased().hasPrefix($0) }
        guard let scheme else { return (nil, "must begin with https:// or http://") }
        guard text.utf8.count <= 2048, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return (nil, "must be plain ASCII without spaces, at most 2048 bytes")
        }
        let rest = text.dropFirst(scheme.count)
        guard !rest.contains("?"), !rest.contains("#") else { return (nil, "must have neither a query nor a fragment") }
        let authority = rest.prefix { $0 != "/" }
        guard !authority.contains("@") else {
            return (nil, "must not contain credentials: give them as api_key")
        }
        guard isAuthority(authority) else { return (nil, "must name a host, and at most a port from 1 to 65535") }
        var path = rest.dropFirst(authority.count)
        while path.last == "/" { path.removeLast() }
        return (scheme + authority.lowercased() + path, nil)
    }

    private static func isAuthority(_ text: Substring) -> Bool {
        var host = text
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return false }
            let tail = text[text.index(after: end)...]
            guard text[..<end].dropFirst().allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else { return false }
            return tail.isEmpty || isPort(tail)
        }
        if let colon = text.firstIndex(of: ":") {
            guard isPort(text[colon...]) else { return false }
            host = text[..<colon]
        }
        return (1...253).contains(host.utf8.count)
            && host.utf8.allSatisfy { byte in
                (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
                    || [45, 46, 95].contains(byte)
            }
    }

    private static func isPort(_ text: Substring) -> Bool {
        guard let port = UInt16(text.dropFirst()) else { return false }
        return port > 0
    }
}
