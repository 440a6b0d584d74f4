import Crypto
import ModeluxCore
import ModeluxHTTP

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
        guard key.hasPrefix(APIKey.prefix) else {
            let what = key.hasPrefix("mlx_mk_") ? "this is a management key; inference" : "inference"
            throw Failure(.invalidKey, "invalid API key: \(what) takes a project key, which begins with mlx_sk_")
        }
        let digest = SHA256.hash(data: Array(key.utf8)).withUnsafeBytes { KeyDigest(bytes: $0) }
        guard let digest, let caller = snapshot.callers[digest] else {
            throw Failure(.invalidKey, "invalid API key: no project has it; make one with \"modelux keys create\"")
        }
        try caller.validate(at: now)
        try Identify.checkAddress(caller.key, address)
        return caller
    }

    /// The key in `Authorization: Bearer` or `x-api-key`.
    private static func key(in headers: HeaderBlock) -> String? {
        guard let authorization = headers.first("authorization") else { return headers.first("x-api-key") }
        guard authorization.utf8.count > 7, authorization.prefix(7).lowercased() == "bearer " else { return nil }
        return String(authorization.dropFirst(7))
    }

    private static func checkAddress(_ key: APIKey, _ address: () -> String) throws(Failure) {
        guard !key.allowedAddresses.isEmpty else { return }
        let address = address()
        guard key.allowedAddresses.contains(where: { AddressRange($0)?.contains(address) ?? false }) else {
            throw Failure(.ipNotAllowed, "the key \(key.display) may not be used from \(address)")
        }
    }
}
