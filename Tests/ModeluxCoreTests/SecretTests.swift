import ModeluxCore
import Testing

struct SecretTests {
    @Test func `a secret shows nowhere but through reveal`() {
        let secret = Secret("sk-clear-text-abcd")
        var dumped = ""
        dump([secret], to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), dumped, "\(Optional(secret) as Any)"] {
            #expect(!text.contains("clear"))
        }
        #expect(secret.reveal() == "sk-clear-text-abcd")
        #expect(secret.masked == "…abcd")
        #expect(Secret("short").masked == "•••")
    }

    @Test func `a digest has 32 bytes and compares as a whole`() {
        let bytes = (0..<32).map { UInt8($0) }
        #expect(KeyDigest(bytes: bytes)?.bytes == bytes)
        #expect(KeyDigest(bytes: bytes.dropLast()) == nil)
        for index in bytes.indices {
            var other = bytes
            other[index] ^= 1
            #expect(KeyDigest(bytes: other) != KeyDigest(bytes: bytes))
        }
    }
}
