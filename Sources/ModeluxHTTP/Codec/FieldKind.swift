/// The field names that the codec itself must know; every other name is `other`.
///
/// Classified once when a field enters a block, so that later steps compare one byte instead of a name.
enum FieldKind: UInt8 {
    case other
    case connection
    case contentLength
    case expect
    case host
    case keepAlive
    case proxyConnection
    case te
    case trailer
    case transferEncoding
    case upgrade

    /// True for the fields that describe one connection or the framing on it. The codec writes them by itself and
    /// never copies them from a block, so no caller can contradict the framing.
    @inline(__always)
    var isOwnedByCodec: Bool {
        self != .other
    }

    /// True for the two fields that say where a body ends.
    @inline(__always)
    var isFraming: Bool { self == .contentLength || self == .transferEncoding }

    /// Finds the kind of a name, letters in any case.
    init(_ name: Span<UInt8>) {
        switch name.count {
        case 2: self = FieldKind.matches(name, "te") ? .te : .other
        case 4: self = FieldKind.matches(name, "host") ? .host : .other
        case 6: self = FieldKind.matches(name, "expect") ? .expect : .other
        case 7:
            if FieldKind.matches(name, "trailer") {
                self = .trailer
            } else {
                self = FieldKind.matches(name, "upgrade") ? .upgrade : .other
            }
        case 10:
            if FieldKind.matches(name, "connection") {
                self = .connection
            } else {
                self = FieldKind.matches(name, "keep-alive") ? .keepAlive : .other
            }
        case 14: self = FieldKind.matches(name, "content-length") ? .contentLength : .other
        case 16: self = FieldKind.matches(name, "proxy-connection") ? .proxyConnection : .other
        case 17: self = FieldKind.matches(name, "transfer-encoding") ? .transferEncoding : .other
        default: self = .other
        }
    }

    @inline(__always)
    private static func matches(_ name: Span<UInt8>, _ lowercase: StaticString) -> Bool {
        name.equalsIgnoringCase(lowercase)
    }
}

extension Span where Element == UInt8 {
    /// Whether the bytes begin with an ASCII literal, letters in any case.
    public func hasPrefixIgnoringCase(_ lowercase: StaticString) -> Bool {
        count >= lowercase.utf8CodeUnitCount
            && extracting(0..<lowercase.utf8CodeUnitCount).equalsIgnoringCase(lowercase)
    }

    /// Compares with an ASCII literal, letters in any case.
    @inlinable
    public func equalsIgnoringCase(_ lowercase: StaticString) -> Bool {
        guard count == lowercase.utf8CodeUnitCount else { return false }
        let expected = UnsafeBufferPointer(start: lowercase.utf8Start, count: count)
        for index in 0..<count {
            let byte = self[index]
            let other = expected[index]
            guard byte != other else { continue }
            // Equal but for the case bit, and a letter.
            guard byte ^ other == 0x20, (byte | 0x20) &- 0x61 < 26 else { return false }
        }
        return true
    }
}
