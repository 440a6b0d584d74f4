import ModeluxHTTP

/// Which header fields cross the gateway: of the caller's request to the provider, and of the provider's answer to the
/// caller.
enum ForwardedHeaders {
    /// Whether a header of the caller goes to a provider of the same dialect: all that the provider may define for
    /// itself do; those of the connection, of the gateway, of the caller's identity here and of its browser do not. By
    /// length first: most names then need one comparison or none.
    static func toProvider(_ name: Span<UInt8>) -> Bool {
        let isKeptBack =
            switch name.count {
            case 2: name.equalsIgnoringCase("te")
            case 3: name.equalsIgnoringCase("via")
            case 4: name.equalsIgnoringCase("host")
            case 6:
                name.equalsIgnoringCase("cookie") || name.equalsIgnoringCase("expect")
                    || name.equalsIgnoringCase("origin")
            case 7:
                name.equalsIgnoringCase("api-key") || name.equalsIgnoringCase("trailer")
                    || name.equalsIgnoringCase("upgrade") || name.equalsIgnoringCase("referer")
            case 9:
                name.equalsIgnoringCase("x-api-key") || name.equalsIgnoringCase("forwarded")
                    || name.equalsIgnoringCase("x-real-ip")
            case 10: name.equalsIgnoringCase("connection") || name.equalsIgnoringCase("keep-alive")
            case 13: name.equalsIgnoringCase("authorization")
            case 14:
                name.equalsIgnoringCase("content-length") || name.equalsIgnoringCase("x-goog-api-key")
                    || name.equalsIgnoringCase("openai-project")
            case 15: name.equalsIgnoringCase("accept-encoding")
            case 17: name.equalsIgnoringCase("transfer-encoding")
            case 19: name.equalsIgnoringCase("openai-organization")
            default: false
            }
        return !isKeptBack && !name.hasPrefixIgnoringCase("x-modelux-") && !name.hasPrefixIgnoringCase("x-forwarded-")
            && !name.hasPrefixIgnoringCase("proxy-") && !name.hasPrefixIgnoringCase("sec-")
    }

    /// Whether a header of the caller goes to a provider of another dialect: only what is addressed to that provider.
    static func toAnthropic(_ name: Span<UInt8>) -> Bool { name.hasPrefixIgnoringCase("anthropic-") }

    /// The headers of a provider's answer that callers may see: none that name the operator's account. When the body
    /// becomes another one, neither type nor request id are the provider's any more.
    static func toCaller(_ headers: HeaderBlock, isTranslated: Bool = false) -> HeaderBlock {
        var forwarded = HeaderBlock()
        forwarded.appendAll(from: headers) { name in
            switch name.count {
            case 10: !isTranslated && name.equalsIgnoringCase("request-id")
            case 11: name.equalsIgnoringCase("retry-after")
            case 12:
                !isTranslated && (name.equalsIgnoringCase("content-type") || name.equalsIgnoringCase("x-request-id"))
            case 14:
                name.equalsIgnoringCase("retry-after-ms")
                    || !isTranslated
                        && (name.equalsIgnoringCase("x-should-retry") || name.equalsIgnoringCase("openai-version"))
            default: false
            }
        }
        return forwarded
    }
}
