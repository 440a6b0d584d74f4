import ModeluxCore
import NIOCore

/// Some providers and proxies repeat the credential that they refuse. It must reach neither caller nor record.
enum CredentialEcho {
    /// The shortest credential that is looked for: shorter ones occur in any text.
    private static let minimumBytes = 8

    /// A provider's error body in which each occurrence of the credential that was sent has become asterisks. The length
    /// stays, and so does valid JSON. Of a credential in several parts, as AWS has them, each part is looked for.
    static func removed(from body: ByteBuffer, _ credential: Secret?) -> ByteBuffer {
        guard let text = credential?.reveal() else { return body }
        let parts = text.split(separator: "::").map { Array($0.utf8) }
        return parts.reduce(body) { removed(from: $0, $1) }
    }

    private static func removed(from body: ByteBuffer, _ secret: [UInt8]) -> ByteBuffer {
        guard secret.count >= minimumBytes, body.readableBytes >= secret.count else { return body }
        var bytes = Array(body.readableBytesView)
        var index = 0
        var isClean = true
        while index <= bytes.count - secret.count {
            guard bytes[index] == secret[0], bytes[index..<index + secret.count].elementsEqual(secret) else {
                index += 1
                continue
            }
            for position in index..<index + secret.count { bytes[position] = UInt8(ascii: "*") }
            isClean = false
            index += secret.count
        }
        return isClean ? body : ByteBuffer(bytes: bytes)
    }
}
