/// A mail address that can stand in an SMTP command and in a header as it is: a dot-atom, `@`, and a host name or an
/// address literal (RFC 5321). Quoted local parts and non-ASCII addresses are refused, so nothing in one can ever be
/// read as anything but an address.
public struct MailAddress: Sendable, Hashable, CustomStringConvertible {
    /// The address as it was given.
    public let text: String

    /// Takes an address; nil when it is none.
    public init?(_ text: String) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard text.utf8.count <= 254, parts.count == 2, parts[0].utf8.count <= 64 else { return nil }
        guard MailAddress.isAtoms(parts[0]), MailAddress.isHost(parts[1]) else { return nil }
        self.text = text
    }

    /// What stands behind the `@`.
    public var host: Substring { text[text.index(after: text.firstIndex(of: "@") ?? text.startIndex)...] }

    /// The address as it was given.
    public var description: String { text }

    private static func isAtoms(_ text: Substring) -> Bool {
        let atoms = text.split(separator: ".", omittingEmptySubsequences: false)
        return atoms.allSatisfy { atom in
            !atom.isEmpty && atom.utf8.allSatisfy { isLetterOrDigit($0) || "!#$%&'*+-/=?^_`{|}~".utf8.contains($0) }
        }
    }

    private static func isHost(_ text: Substring) -> Bool {
        if text.hasPrefix("["), text.hasSuffix("]") {
            let literal = text.dropFirst().dropLast()
            return !literal.isEmpty
                && literal.utf8.allSatisfy {
                    isLetterOrDigit($0) || [UInt8(ascii: "."), UInt8(ascii: ":")].contains($0)
                }
        }
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }
}
