/// A model's name, for looking at its parts: in lower case and byte by byte, since a search among characters costs a
/// microsecond each.
struct ModelName {
    private let bytes: [UInt8]

    init(_ name: String) {
        bytes = name.utf8.map { (65...90).contains($0) ? $0 | 0x20 : $0 }
    }

    /// Whether a word of small letters stands somewhere in the name.
    func contains(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard count > 0, bytes.count >= count else { return false }
        for start in 0...bytes.count - count where matches(word, at: start) { return true }
        return false
    }

    private func matches(_ word: StaticString, at start: Int) -> Bool {
        for offset in 0..<word.utf8CodeUnitCount
        where unsafe bytes[start + offset] != word.utf8Start[offset] { return false }
        return true
    }

    /// The first number less than 10 between hyphens: `gemini-2.5-flash-001` is 2.5.
    var generation: Double? {
        for part in bytes.split(separator: UInt8(ascii: "-")) {
            guard let first = part.first, (48...57).contains(first) else { continue }
            let rest = part.dropFirst()
            guard rest.first == nil || rest.first == UInt8(ascii: "."),
                rest.dropFirst().allSatisfy({ (48...57).contains($0) })
            else { continue }
            if let number = Double(String(decoding: part, as: UTF8.self)) { return number }
        }
        return nil
    }
}
