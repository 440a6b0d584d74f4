public import ModeluxCore

/// How a call proves whose it is.
public enum VendorAuthorization: Sendable {
    /// A header. Its value holds the clear credential: hand it to the upstream call and to nothing else.
    case header(name: String, value: String)
    /// A signature over the whole request, which `SigV4` makes of it when it is ready.
    case signature(BedrockCredential.Keys)
}

extension VendorRow {
    /// How a credential is sent: by its form where a vendor takes several. `region` is the provider's, for a
    /// credential that names none.
    public func authorization(_ secret: Secret, region: String?) -> VendorAuthorization {
        let text = secret.reveal()
        let form: Credential
        switch dialect {
        case .bedrock:
            switch BedrockCredential(secret, region: region) {
            case .keys(let keys): return .signature(keys)
            case .bearer: form = .bearer
            }
        // What Anthropic's sign-in gives, unlike a key, is a bearer token.
        case .anthropic: form = text.hasPrefix("sk-ant-oat") || VendorRow.isJWT(text) ? .bearer : credential
        // Google's access tokens begin so; its keys do not.
        case .gemini: form = text.hasPrefix("ya29.") ? .bearer : credential
        // Entra's tokens at Azure.
        case .openai: form = VendorRow.isJWT(text) ? .bearer : credential
        }
        return .header(name: form.name, value: form.value(secret))
    }

    /// Whether a text looks like a signed JSON web token: three parts, the first of which begins as `{"` does in
    /// base64.
    private static func isJWT(_ text: String) -> Bool {
        text.hasPrefix("eyJ") && text.utf8.count(where: { $0 == UInt8(ascii: ".") }) == 2
    }
}
