/// Providers that the environment names, by the variables that the vendors' own SDKs read. They are read-only in the
/// management API, and each bears its vendor's id as its name.
public enum EnvironmentProviders {
    /// The providers in `environment`; empty variables count as absent.
    public static func read(_ environment: [String: String]) -> [Provider] {
        let variables = environment.filter { !$0.value.isEmpty }
        let others = [azure(variables), bedrock(variables)].compactMap(\.self)
        return plain.compactMap { provider($0, in: variables) } + others
    }

    /// The provider's id: always the same for the same vendor, so that ledger rows and records keep their meaning over
    /// restarts.
    static func identifier(_ vendor: Vendor) -> Identifier {
        let letters = ("env" + vendor.rawValue.filter { $0.isLetter }).prefix(20)
        return Identifier("prov_" + letters + String(repeating: "x", count: 20 - letters.count))
    }

    /// Vendors that need a key and perhaps another address.
    private static let plain: [(vendor: Vendor, keys: [String], addresses: [String])] = [
        (.openai, ["OPENAI_API_KEY"], ["OPENAI_BASE_URL"]),
        (.anthropic, ["ANTHROPIC_API_KEY"], ["ANTHROPIC_BASE_URL"]),
        (.google, ["GEMINI_API_KEY", "GOOGLE_API_KEY"], ["GEMINI_BASE_URL", "GOOGLE_GEMINI_BASE_URL"]),
        (.groq, ["GROQ_API_KEY"], ["GROQ_BASE_URL"]),
        (.fireworks, ["FIREWORKS_API_KEY"], ["FIREWORKS_BASE_URL"]),
    ]

    private static func provider(
        _ entry: (vendor: Vendor, keys: [String], addresses: [String]), in variables: [String: String]
    ) -> Provider? {
        guard let key = first(entry.keys, in: variables) else { return nil }
        return make(entry.vendor, baseURL: first(entry.addresses, in: variables), credential: key)
    }

    /// `AZURE_OPENAI_DEPLOYMENTS` reads `model=deployment,model=deployment`.
    private static func azure(_ variables: [String: String]) -> Provider? {
        guard let key = variables["AZURE_OPENAI_API_KEY"],
            let address = first(["AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_BASE_URL"], in: variables)
        else { return nil }
        var deployments: [String: String] = [:]
        for pair in (variables["AZURE_OPENAI_DEPLOYMENTS"] ?? "").split(separator: ",") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { deployments[String(parts[0])] = String(parts[1]) }
        }
        return make(
            .azure, baseURL: address, credential: key,
            apiVersion: first(["AZURE_OPENAI_API_VERSION", "OPENAI_API_VERSION"], in: variables),
            deployments: deployments)
    }

    /// The credential is Bedrock's bearer key, or `access key::secret key::region`, with the session token after it
    /// where there is one.
    private static func bedrock(_ variables: [String: String]) -> Provider? {
        let region = first(["AWS_REGION", "AWS_DEFAULT_REGION"], in: variables) ?? "us-east-1"
        let address = first(["AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "AWS_BASE_URL"], in: variables)
        if let bearer = variables["AWS_BEARER_TOKEN_BEDROCK"] {
            return make(.bedrock, baseURL: address, credential: bearer, region: region)
        }
        guard let access = variables["AWS_ACCESS_KEY_ID"], let secret = variables["AWS_SECRET_ACCESS_KEY"] else {
            return nil
        }
        let parts = [access, secret, region] + [variables["AWS_SESSION_TOKEN"]].compactMap(\.self)
        return make(.bedrock, baseURL: address, credential: parts.joined(separator: "::"), region: region)
    }

    private static func make(
        _ vendor: Vendor, baseURL: String?, credential: String, region: String? = nil, apiVersion: String? = nil,
        deployments: [String: String] = [:]
    ) -> Provider {
        Provider(
            id: identifier(vendor), name: vendor.rawValue, vendor: vendor, baseURL: baseURL, region: region,
            apiVersion: apiVersion, deployments: deployments, isDefault: true, credential: Secret(credential),
            source: .environment)
    }

    private static func first(_ names: [String], in variables: [String: String]) -> String? {
        names.lazy.compactMap { variables[$0] }.first
    }
}
