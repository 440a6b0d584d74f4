import Crypto
import FoundationEssentials

/// A secret as it lies in the database: encrypted with a data key of its own, which is wrapped by the key-encryption
/// key.
struct SealedSecret: Sendable {
    /// Which key-encryption key wraps the data key.
    let kekID: String
    /// Counts the secrets that the row has had.
    let version: Int64
    /// Nonce, ciphertext and tag of the data key.
    let wrappedKey: [UInt8]
    /// Nonce, ciphertext and tag of the secret.
    let ciphertext: [UInt8]
}

/// Where a secret belongs. It is authenticated with the secret, so that a row moved elsewhere does not open.
struct SealingContext: Sendable {
    /// The table of the row that owns the secret.
    let table: String
    /// That row's id.
    let row: String
    /// Counts the secrets that the row has had.
    let version: Int64

    func authenticatedBytes(purpose: String, instance: String, kekID: String) -> [UInt8] {
        let parts = ["modelux/" + purpose + "/v1", instance, table, row, String(version), kekID]
        return Array(parts.joined(separator: "\u{1F}").utf8)
    }
}

/// Why a sealed secret does not open. It says nothing about the content.
struct SealingFailure: Error, CustomStringConvertible {
    let description: String
}

/// Seals and opens secrets: AES-256-GCM under a data key per secret, wrapped by AES-256-GCM under the key-encryption
/// key, both bound to the installation, table, row and version.
struct KeyRing: Sendable {
    private let key: SymmetricKey
    private let instance: String
    /// The first 16 hexadecimal digits of a hash of the key: names it without telling it.
    let id: String

    init(key: SymmetricKey, instance: String) {
        self.key = key
        self.instance = instance
        let code = HMAC<SHA256>.authenticationCode(for: Array("modelux/kek/id".utf8), using: key)
        id = code.prefix(8).map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }

    func seal(_ secret: [UInt8], in context: SealingContext) throws -> SealedSecret {
        let dataKey = SymmetricKey(size: .bits256)
        let body = context.authenticatedBytes(purpose: "secret", instance: instance, kekID: id)
        let wrap = context.authenticatedBytes(purpose: "data-key", instance: instance, kekID: id)
        let clearKey = unsafe dataKey.withUnsafeBytes { unsafe [UInt8]($0) }
        guard let ciphertext = try AES.GCM.seal(secret, using: dataKey, authenticating: body).combined,
            let wrapped = try AES.GCM.seal(clearKey, using: key, authenticating: wrap).combined
        else { throw SealingFailure(description: "the secret could not be sealed") }
        return SealedSecret(
            kekID: id, version: context.version, wrappedKey: [UInt8](wrapped), ciphertext: [UInt8](ciphertext))
    }

    /// - Throws: `SealingFailure` when the key is another one, or anything at all was changed.
    func open(_ sealed: SealedSecret, in context: SealingContext) throws -> [UInt8] {
        guard sealed.kekID == id else {
            throw SealingFailure(description: "it is sealed with key \(sealed.kekID), but the key in use is \(id)")
        }
        guard sealed.version == context.version else {
            throw SealingFailure(description: "it is an older version of the secret")
        }
        do {
            let body = context.authenticatedBytes(purpose: "secret", instance: instance, kekID: id)
            let wrap = context.authenticatedBytes(purpose: "data-key", instance: instance, kekID: id)
            let clearKey = try AES.GCM.open(
                AES.GCM.SealedBox(combined: sealed.wrappedKey), using: key, authenticating: wrap)
            let clear = try AES.GCM.open(
                AES.GCM.SealedBox(combined: sealed.ciphertext), using: SymmetricKey(data: clearKey),
                authenticating: body)
            return [UInt8](clear)
        } catch {
            throw SealingFailure(description: "it was changed outside of the program")
        }
    }
}
