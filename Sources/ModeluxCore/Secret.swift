/// A text that must never be printed: descriptions, dumps and interpolations show only `•••`.
///
/// The clear text leaves through `reveal()` alone, so that every use can be found by searching for that word.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let clear: String

    /// Wraps a clear text.
    public init(_ clear: String) {
        self.clear = clear
    }

    /// The clear text, for the one place that hands it to a provider or seals it.
    public func reveal() -> String { clear }

    /// The last four characters with a mark before them, for lists; short secrets show nothing.
    public var masked: String { clear.utf8.count >= 12 ? "…" + clear.suffix(4) : "•••" }

    /// Three dots.
    public var description: String { "•••" }
    /// Three dots.
    public var debugDescription: String { "•••" }
    /// A mirror without children, so that a dump shows nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The SHA-256 of an API key: what is stored and looked up instead of the key.
public struct KeyDigest: Sendable, Hashable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// Takes a digest of 32 bytes; nil for any other length.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        var words: [UInt64] = [0, 0, 0, 0]
        for (position, byte) in bytes.enumerated() { words[position / 8] = words[position / 8] << 8 | UInt64(byte) }
        self.words = (words[0], words[1], words[2], words[3])
    }

    /// Takes a digest of 32 bytes in memory without a loop over them: this runs for every request. Nil for any other
    /// length.
    public init?(rawBytes bytes: RawSpan) {
        guard bytes.byteCount == 32 else { return nil }
        words = unsafe (
            UInt64(bigEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: 0, as: UInt64.self)),
            UInt64(bigEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: 8, as: UInt64.self)),
            UInt64(bigEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: 16, as: UInt64.self)),
            UInt64(bigEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: 24, as: UInt64.self))
        )
    }

    /// Makes a digest from its four big-endian words.
    public init(_ first: UInt64, _ second: UInt64, _ third: UInt64, _ fourth: UInt64) {
        words = (first, second, third, fourth)
    }

    /// Compares all four words whatever the first ones say, so that time tells nothing.
    public static func == (left: KeyDigest, right: KeyDigest) -> Bool {
        (left.words.0 ^ right.words.0) | (left.words.1 ^ right.words.1) | (left.words.2 ^ right.words.2)
            | (left.words.3 ^ right.words.3) == 0
    }

    /// The digest is uniform already: one word of it is hash enough.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
    }

    /// The 32 bytes.
    public var bytes: [UInt8] {
        [words.0, words.1, words.2, words.3].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - $0 * 8)) }
        }
    }
}
