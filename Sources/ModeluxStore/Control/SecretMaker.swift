import Crypto
public import ModeluxCore

/// Makes the secrets that are shown once, and the digests by which they are recognised.
public enum SecretMaker {
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// `prefix` and 43 base62 characters from the system's randomness: 256 bits.
    public static func make(prefix: String) -> Secret {
        var generator = SystemRandomNumberGenerator()
        var bytes = Array(prefix.utf8)
        for _ in 0..<43 { bytes.append(alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]) }
        return Secret(String(decoding: bytes, as: UTF8.self))
    }

    /// The SHA-256 under which a secret is stored and looked up.
    public static func digest(of text: some StringProtocol) -> KeyDigest {
        var words: [UInt64] = [0, 0, 0, 0]
        for (position, byte) in SHA256.hash(data: Array(text.utf8)).enumerated() where position < 32 {
            words[position / 8] = words[position / 8] << 8 | UInt64(byte)
        }
        return KeyDigest(words[0], words[1], words[2], words[3])
    }

    /// Prefix and last four characters: `mlx_sk_…9xQz`.
    static func display(_ secret: Secret, prefix: String) -> String { prefix + secret.masked }
}
