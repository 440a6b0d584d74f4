import Crypto
import ModeluxCore

/// How a receiver knows that an event comes from here.
enum WebhookSignature {
    /// The header that carries it.
    static let header = "X-Modelux-Signature"

    /// One HMAC-SHA256 of the raw body for each secret, in lower-case hexadecimal, with commas between them: the newest
    /// secret's first. Outside of the 24 hours after a rotation there is one.
    static func text(body: [UInt8], secrets: [Secret]) -> String {
        secrets.map { secret in
            let key = SymmetricKey(data: Array(secret.reveal().utf8))
            return hexadecimal(HMAC<SHA256>.authenticationCode(for: body, using: key))
        }.joined(separator: ",")
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
