/// What the `model` field of a request names.
public enum ModelReference: Sendable, Hashable {
    /// `@production`: the routing config of that slug in the key's project.
    case config(String)
    /// `openai/gpt-4o-mini`: a model at the provider of that name, or at a vendor's default provider. With nothing after
    /// the slash the choice is the provider's: servers that run one model take any name, and none.
    case target(provider: String, model: String)
    /// `gpt-4o-mini`: the vendor is found by the name's prefix, or by the one provider that lists it.
    case bare(String)

    /// Reads the field.
    /// - Throws: `Failure` of kind `unknownModel` when it is empty, or names no provider before its slash.
    public init(_ text: String) throws(Failure) {
        // By bytes: the separators are ASCII, and characters cost ten times as much to walk over.
        if text.utf8.first == UInt8(ascii: "@") {
            let slug = String(text.dropFirst())
            guard !slug.isEmpty else { throw ModelReference.unknown(text) }
            self = .config(slug)
            return
        }
        guard let slash = text.utf8.firstIndex(of: UInt8(ascii: "/")) else {
            guard !text.isEmpty else { throw ModelReference.unknown(text) }
            self = .bare(text)
            return
        }
        let provider = String(text[..<slash])
        let model = String(text[text.utf8.index(after: slash)...])
        guard !provider.isEmpty else { throw ModelReference.unknown(text) }
        self = .target(provider: provider, model: model)
    }

    /// The vendor that sells bare names of this prefix.
    public static func vendor(ofBare name: String) -> Vendor? {
        let prefixes: [(String, Vendor)] = [
            ("gpt-", .openai), ("o1", .openai), ("o3", .openai), ("o4", .openai), ("chatgpt-", .openai),
            ("text-embedding-", .openai), ("claude-", .anthropic), ("gemini-", .google),
        ]
        return prefixes.first { name.hasPrefix($0.0) }?.1
    }

    /// The error for a name that nothing matches; it lists the forms.
    public static func unknown(_ text: String) -> Failure {
        let shown = text.count > 200 ? text.prefix(200) + "…" : text[...]
        return Failure(
            .unknownModel,
            "unknown model \"\(shown)\": name a routing config (@slug), a provider's model (provider/model), "
                + "or a bare name that begins with gpt-, o1, o3, o4, chatgpt-, text-embedding-, claude- or gemini-, "
                + "or that exactly one provider lists",
            parameter: "model")
    }
}
