import NIOCore

/// Breaks bytes where it may hurt: structure, escapes, line ends, and the edges of UTF-8.
enum Mutation {
    private static let interesting =
        Array("{}[]\",:\\u0d8ntrue null-1.5e9 \n\rdata: event:[DONE]".utf8) + [
            0, 0x7F, 0x80, 0xC2, 0xE2, 0xED, 0xF4, 0xFF,
        ]

    static func mutated(_ text: ByteBuffer, _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = Array(text.readableBytesView)
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let place = Int.random(in: 0...bytes.count, using: &generator)
            let byte = interesting.randomElement(using: &generator) ?? 0
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: bytes.insert(byte, at: place)
            case 1: if place < bytes.count { bytes[place] = byte }
            case 2: if place < bytes.count { bytes.remove(at: place) }
            case 3: bytes.removeLast(min(bytes.count, Int.random(in: 0..<8, using: &generator)))
            default:
                let end = min(bytes.count, place + Int.random(in: 0..<20, using: &generator))
                bytes.insert(contentsOf: bytes[place..<end], at: place)
            }
        }
        return bytes
    }
}
