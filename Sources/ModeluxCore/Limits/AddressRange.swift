/// A range of IP addresses: one address, or a CIDR block such as `10.0.0.0/8` or `fd00::/8`.
///
/// An IPv4 address and its IPv6-mapped form (`::ffff:10.0.0.1`) are the same address.
public struct AddressRange: Sendable, Hashable {
    private let address: [UInt8]
    private let prefixBits: Int

    /// Reads a range; nil when it is none.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let bytes = AddressRange.bytes(of: first) else { return nil }
        let isIPv4 = !first.contains(":")
        var bits = 128
        if parts.count == 2 {
            guard let given = Int(parts[1]), given >= 0, given <= (isIPv4 ? 32 : 128) else { return nil }
            bits = isIPv4 ? given + 96 : given
        }
        (address, prefixBits) = (bytes, bits)
    }

    /// Whether an address in text form lies in the range; false when it is no address.
    public func contains(_ text: some StringProtocol) -> Bool {
        guard let other = AddressRange.bytes(of: text) else { return false }
        let whole = prefixBits / 8
        guard address.prefix(whole) == other.prefix(whole) else { return false }
        let rest = prefixBits % 8
        guard rest > 0 else { return true }
        return (address[whole] ^ other[whole]) >> UInt8(8 - rest) == 0
    }

    /// The sixteen bytes of an address; IPv4 in its mapped form.
    private static func bytes(of text: some StringProtocol) -> [UInt8]? {
        let plain = String(text.prefix { $0 != "%" })
        guard plain.utf8.count <= 45 else { return nil }
        guard plain.contains(":") else {
            guard let four = ipv4(plain) else { return nil }
            return Array(repeating: 0, count: 10) + [0xFF, 0xFF] + four
        }
        return ipv6(plain)
    }

    private static func ipv4(_ text: some StringProtocol) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            let isPlain = part.utf8.allSatisfy { $0 >= 48 && $0 <= 57 } && (part.count == 1 || part.first != "0")
            guard isPlain, let byte = UInt8(part) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    private static func ipv6(_ text: String) -> [UInt8]? {
        var text = text
        if let colon = text.lastIndex(of: ":"), text[colon...].contains(".") {
            guard let four = ipv4(text[text.index(after: colon)...]) else { return nil }
            let high = String(UInt16(four[0]) << 8 | UInt16(four[1]), radix: 16)
            let low = String(UInt16(four[2]) << 8 | UInt16(four[3]), radix: 16)
            text = text[...colon] + high + ":" + low
        }
        let gap = text.firstRange(of: "::")
        let head = gap.map { String(text[..<$0.lowerBound]) } ?? text
        let tail = gap.map { String(text[$0.upperBound...]) } ?? ""
        guard let front = groups(head), let back = groups(tail) else { return nil }
        let missing = 8 - front.count - back.count
        guard gap == nil ? missing == 0 : missing >= 1 else { return nil }
        let all = front + Array(repeating: 0, count: missing) + back
        return all.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    }

    private static func groups(_ text: String) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        var groups: [UInt16] = []
        for part in text.split(separator: ":", omittingEmptySubsequences: false) {
            guard (1...4).contains(part.utf8.count), part.allSatisfy(\.isHexDigit), let group = UInt16(part, radix: 16)
            else { return nil }
            groups.append(group)
        }
        return groups.count <= 8 ? groups : nil
    }
}
