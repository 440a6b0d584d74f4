import ModeluxCore

/// Refuses requests whose Host is not one of ours: a page of another site that has its name resolve to this machine
/// (DNS rebinding) still sends that other name.
struct HostGuard: Sendable {
    private let hosts: Set<String>

    init(_ settings: AdminSettings) {
        var hosts: Set = ["localhost", "127.0.0.1", "::1"]
        if !["0.0.0.0", "::", "*"].contains(settings.address.host) { hosts.insert(settings.address.host.lowercased()) }
        for host in settings.allowedHosts { hosts.insert(host.lowercased()) }
        self.hosts = hosts
    }

    /// Whether a Host header's value is acceptable. An address of the machine is always so when the listener is open
    /// to the network: a rebinding page can only send a name.
    func allows(_ authority: String?) -> Bool {
        guard let authority, !authority.isEmpty, let host = HostGuard.host(of: authority) else { return false }
        return hosts.contains(host) || AddressRange(host) != nil
    }

    /// Whether an Origin header's value is the site that the request was sent to.
    static func isSameOrigin(_ origin: String, authority: String?) -> Bool {
        guard let authority else { return false }
        return origin.lowercased() == "http://" + authority.lowercased()
            || origin.lowercased() == "https://" + authority.lowercased()
    }

    /// The host of `name:port` or `[::1]:port`, in lower case; nil when it is malformed.
    private static func host(of authority: String) -> String? {
        let text = authority.lowercased()
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !text.contains("@"), !text.contains("/") else {
            return nil
        }
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            return String(text[text.index(after: text.startIndex)..<end])
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, let host = parts.first, !host.isEmpty else { return nil }
        if parts.count == 2 { guard UInt16(parts[1]) != nil else { return nil } }
        return String(host.hasSuffix(".") ? host.dropLast() : host)
    }
}
