import Crypto
import ModeluxCore
import ModeluxHTTP
import NIOCore

/// Step 2: the key in the request's headers → its caller.
struct Identify {
    /// Finds the caller of a request.
    /// - Throws: `Failure` of kind `missingKey`, `invalidKey`, `expiredKey`, `revokedKey` or `ipNotAllowed`.
    func callAsFunction(
        _ headers: HeaderBlock, from address: @autoclosure () -> String, in snapshot: Snapshot, at now: Timestamp
    ) throws(Failure) -> Caller {
        guard let key = Identify.key(in: headers) else {
            throw Failure(.missingKey, "no API key: send a project key as \"Authorization: Bearer mlx_sk_…\"")
        }
        guard let caller = Identify.digest(of: key).flatMap({ snapshot.callers[$0] }) else {
            throw Identify.refusal(of: key)
        }
        try caller.validate(at: now)
        try Identify.checkAddress(caller.key, address)
        return caller
    }

    /// The bytes of the key in `Authorization: Bearer` or `x-api-key`: a slice of what was received, no string.
    private static func key(in headers: HeaderBlock) -> ByteBuffer? {
        guard var authorization = headers.firstBytes("authorization") else { return headers.firstBytes("x-api-key") }
        guard authorization.readableBytesUInt8Span.hasPrefixIgnoringCase("bearer ") else { return nil }
        authorization.moveReaderIndex(forwardBy: 7)
        return authorization.readableBytes > 0 ? authorization : nil
    }

    private static func digest(of key: ByteBuffer) -> KeyDigest? {
        var hash = SHA256()
        key.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
        return hash.finalize().withUnsafeBytes { KeyDigest(rawBytes: $0.bytes) }
    }

    /// Why a key is not known: said by its prefix alone, never by its rest.
    private static func refusal(of key: ByteBuffer) -> Failure {
        let start = String(buffer: key.getSlice(at: key.readerIndex, length: min(7, key.readableBytes)) ?? ByteBuffer())
        switch start {
        case APIKey.prefix:
            return Failure(.invalidKey, "invalid API key: no project has it; make one with \"modelux keys create\"")
        case "mlx_mk_":
            return Failure(
                .invalidKey,
                "invalid API key: this is a management key; inference takes a project key, which begins with mlx_sk_")
        default:
            return Failure(.invalidKey, "invalid API key: inference takes a project key, which begins with mlx_sk_")
        }
    }

    private static func checkAddress(_ key: APIKey, _ address: () -> String) throws(Failure) {
        guard !key.allowedAddresses.isEmpty else { return }
        let address = address()
        guard key.allowedAddresses.contains(where: { AddressRange($0)?.contains(address) ?? false }) else {
            throw Failure(.ipNotAllowed, "the key \(key.display) may not be used from \(address)")
        }
    }
}
