import Glibc

/// Embeddings of the sandbox: unit vectors that depend on the text alone, and texts with words in common lie closer.
enum SandboxEmbedding {
    /// Dimensions of a vector unless the request says otherwise.
    static let defaultDimensions = 256
    /// The most dimensions that a request can ask for.
    static let maximumDimensions = 4096

    /// The vector of a text: the sum of one pseudo-random vector for each word, scaled to length one.
    static func vector(of text: String, dimensions: Int) -> [Float] {
        var vector = [Float](repeating: 0, count: dimensions)
        let words = text.lowercased().split { !$0.isLetter && !$0.isNumber }
        for word in words.isEmpty ? [""] : words {
            var generator = Xoshiro256(seed: hash(word))
            for index in vector.indices {
                vector[index] += Float(Int64(truncatingIfNeeded: generator.next()) >> 40) / Float(1 << 23)
            }
        }
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return length > 0 ? vector.map { $0 / length } : vector
    }

    /// The vector as base64 of little-endian 32-bit floats, the form that the OpenAI SDK asks for by default.
    static func base64(_ vector: [Float]) -> String {
        let bytes = vector.flatMap { value in
            let bits = value.bitPattern
            return [UInt8(bits & 255), UInt8(bits >> 8 & 255), UInt8(bits >> 16 & 255), UInt8(bits >> 24)]
        }
        return base64(bytes)
    }

    /// RFC 4648 base64 with padding.
    static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.enumerated().reduce(UInt32(0)) { $0 | UInt32($1.element) << UInt32(16 - 8 * $1.offset) }
            for place in 0..<4 {
                let isPadding = place > group.count
                text.append(isPadding ? UInt8(ascii: "=") : alphabet[Int(bits >> UInt32(18 - 6 * place) & 63)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// FNV-1a, 64 bits (http://www.isthe.com/chongo/tech/comp/fnv): the same on every machine and in every run.
    private static func hash(_ word: some StringProtocol) -> UInt64 {
        word.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}
