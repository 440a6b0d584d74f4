public import ModeluxCore

/// A credential for Bedrock: access keys that sign each request, or one of Bedrock's own API keys.
///
/// Access keys are written `ACCESS::SECRET::REGION`, with `::SESSION` after it for those that expire.
public enum BedrockCredential: Sendable, Hashable {
    /// Access keys: requests are signed.
    case keys(Keys)
    /// An API key: it is sent as a bearer.
    case bearer

    /// Access keys and the region that they sign for.
    public struct Keys: Sendable, Hashable {
        /// The id of the key, which is no secret.
        public let accessKeyID: String
        /// The key.
        public let secretKey: Secret
        /// The region: `eu-central-1`.
        public let region: String
        /// The token of a session, where the keys expire.
        public let sessionToken: Secret?

        /// Names keys.
        public init(accessKeyID: String, secretKey: Secret, region: String, sessionToken: Secret? = nil) {
            self.accessKeyID = accessKeyID
            self.secretKey = secretKey
            self.region = region
            self.sessionToken = sessionToken
        }
    }

    /// Where nobody names a region.
    static let defaultRegion = "us-east-1"

    /// Reads a credential; `region` is the provider's, for keys that name none.
    public init(_ secret: Secret, region: String?) {
        let parts = BedrockCredential.parts(secret)
        guard parts.count >= 2, parts.count <= 4, !parts[0].isEmpty, !parts[1].isEmpty else {
            self = .bearer
            return
        }
        self = .keys(
            Keys(
                accessKeyID: parts[0], secretKey: Secret(parts[1]),
                region: BedrockCredential.region(of: secret, else: region),
                sessionToken: parts.count == 4 && !parts[3].isEmpty ? Secret(parts[3]) : nil))
    }

    /// The region that a call with this credential goes to: the credential's own, else the provider's.
    static func region(of secret: Secret?, else region: String?) -> String {
        let parts = secret.map(BedrockCredential.parts) ?? []
        let own = parts.count >= 3 ? parts[2] : ""
        if !own.isEmpty { return own }
        return region.flatMap { $0.isEmpty ? nil : $0 } ?? defaultRegion
    }

    /// Whether a text can stand in a host name as a region: a credential may come from a caller.
    static func isRegion(_ text: String) -> Bool {
        (1...32).contains(text.utf8.count)
            && text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
    }

    private static func parts(_ secret: Secret) -> [String] {
        let text = secret.reveal()
        guard text.contains("::") else { return [] }
        return text.split(separator: "::", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
    }
}
