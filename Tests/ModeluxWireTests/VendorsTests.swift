import ModeluxCore
import Testing

@testable import ModeluxWire

struct VendorsTests {
    private func provider(
        _ vendor: Vendor, _ base: String? = nil, version: String? = nil, deployments: [String: String] = [:]
    ) -> Provider {
        Provider(
            id: Identifier("prov_test"), name: "test", vendor: vendor, baseURL: base, apiVersion: version,
            deployments: deployments)
    }

    @Test(
        arguments: [
            (Vendor.openai, nil, "https://api.openai.com/v1/chat/completions"),
            (.groq, nil, "https://api.groq.com/openai/v1/chat/completions"),
            (.fireworks, nil, "https://api.fireworks.ai/inference/v1/chat/completions"),
            (.openai, "https://eu.api.openai.com/v1/", "https://eu.api.openai.com/v1/chat/completions"),
            (.openaiCompatible, "http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1/chat/completions"),
            (.openaiCompatible, "http://[::1]:8000", "http://[::1]:8000/chat/completions"),
            (.openaiCompatible, "HTTPS://Host.example/v1?key=1", "https://host.example/v1/chat/completions?key=1"),
            (.azure, "https://r.openai.azure.com", "https://r.openai.azure.com/openai/v1/chat/completions"),
            (.azure, "https://r.openai.azure.com/", "https://r.openai.azure.com/openai/v1/chat/completions"),
            (.azure, "https://r.openai.azure.com/openai/v1/", "https://r.openai.azure.com/openai/v1/chat/completions"),
        ] as [(Vendor, String?, String)])
    func `an endpoint's address is built on the base address`(vendor: Vendor, base: String?, expected: String) throws {
        let row = try #require(VendorRow(vendor))
        #expect(try row.endpointURL(provider(vendor, base), model: "m", endpoint: .chat).text == expected)
    }

    @Test func `Azure's dated form has the deployment in the path`() throws {
        let row = try #require(VendorRow(.azure))
        let azure = provider(
            .azure, "https://r.openai.azure.com", version: "2024-10-21", deployments: ["gpt-4o": "my dep/1"])
        #expect(
            try row.endpointURL(azure, model: "gpt-4o", endpoint: .embeddings).text
                == "https://r.openai.azure.com/openai/deployments/my%20dep%2F1/embeddings?api-version=2024-10-21")
        #expect(
            try row.endpointURL(azure, model: "..", endpoint: .chat).target
                == "/openai/deployments/%2E%2E/chat/completions?api-version=2024-10-21")
        #expect(row.upstreamModel(azure, model: "gpt-4o") == "my dep/1")
        #expect(row.upstreamModel(azure, model: "other") == "other")
        #expect(row.credential.name == "api-key")
        #expect(row.credential.value(Secret("k")) == "k")
    }

    @Test func `other vendors send a bearer and keep the model's name`() throws {
        let row = try #require(VendorRow(.groq))
        #expect(row.credential.name == "authorization")
        #expect(row.credential.value(Secret("k")) == "Bearer k")
        #expect(row.upstreamModel(provider(.groq), model: "a/b") == "a/b")
        #expect(row.asksForUsage)
    }

    @Test func `the sandbox alone has no row`() {
        for vendor in Vendor.allCases { #expect((VendorRow(vendor) == nil) == (vendor == .sandbox)) }
        #expect(VendorRow(.anthropic)?.dialect == .anthropic)
        #expect(VendorRow(.google)?.dialect == .gemini)
        #expect(VendorRow(.bedrock)?.dialect == .bedrock)
        #expect(VendorRow(.azure, model: "gpt-4o")?.dialect == .openai)
        #expect(VendorRow(.azure, model: "claude-opus-4-1")?.dialect == .anthropic)
        for vendor in [Vendor.openai, .groq, .fireworks, .openaiCompatible] {
            #expect(VendorRow(vendor)?.dialect == .openai)
        }
    }

    @Test(
        arguments: [
            (Vendor.anthropic, nil, "claude-x", .chat(isStream: true), "https://api.anthropic.com/v1/messages"),
            (.anthropic, "http://h:1/v1/", "c", .chat(isStream: false), "http://h:1/v1/messages"),
            (.anthropic, "http://h:1/p", "c", .countTokens, "http://h:1/p/v1/messages/count_tokens"),
            (
                .google, nil, "gemini-2.5-flash", .chat(isStream: false),
                "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent"
            ),
            (
                .google, "http://h/v1", "models/g", .chat(isStream: true),
                "http://h/v1/models/g:streamGenerateContent?alt=sse"
            ),
            (
                .google, "http://h/v1beta/", "a/b?c", .embeddings(isBatch: true),
                "http://h/v1beta/models/a%2Fb%3Fc:batchEmbedContents"
            ),
            (.google, "http://h", "g", .embeddings(isBatch: false), "http://h/v1beta/models/g:embedContent"),
            (.google, "http://h", "g", .countTokens, "http://h/v1beta/models/g:countTokens"),
            (
                .google, "https://aiplatform.googleapis.com/v1/projects/p/locations/global/publishers/google", "g",
                .chat(isStream: true),
                "https://aiplatform.googleapis.com/v1/projects/p/locations/global/publishers/google/models/"
                    + "g:streamGenerateContent?alt=sse"
            ),
            (
                .bedrock, nil, "us.anthropic.claude-3:0", .chat(isStream: false),
                "https://bedrock-runtime.us-east-1.amazonaws.com/model/us.anthropic.claude-3%3A0/converse"
            ),
            (
                .bedrock, "http://h:9", "arn:aws:bedrock:us-east-1:1:inference-profile/x", .chat(isStream: true),
                "http://h:9/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fx/converse-stream"
            ),
            (
                .bedrock, "http://h:9", "amazon.titan-embed-text-v2:0", .embeddings(isBatch: false),
                "http://h:9/model/amazon.titan-embed-text-v2%3A0/invoke"
            ),
            (
                .azure, "https://r.services.ai.azure.com/openai/v1", "claude-x", .chat(isStream: true),
                "https://r.services.ai.azure.com/anthropic/v1/messages"
            ),
            (
                .azure, "https://r.services.ai.azure.com/anthropic/", "claude-x", .chat(isStream: true),
                "https://r.services.ai.azure.com/anthropic/v1/messages"
            ),
            (.openai, nil, "m", .completions, "https://api.openai.com/v1/completions"),
        ] as [(Vendor, String?, String, VendorRow.Endpoint, String)])
    func `each vendor has its addresses`(
        vendor: Vendor, base: String?, model: String, endpoint: VendorRow.Endpoint, expected: String
    ) throws {
        let row = try #require(VendorRow(vendor, model: model))
        #expect(try row.url(of: provider(vendor, base), model: model, endpoint: endpoint).text == expected)
    }

    @Test func `an endpoint that a vendor has not is refused`() throws {
        for (vendor, endpoint) in [
            (Vendor.anthropic, VendorRow.Endpoint.embeddings(isBatch: true)), (.google, .completions),
            (.bedrock, .completions), (.openai, .countTokens),
        ] {
            let row = try #require(VendorRow(vendor))
            let failure = #expect(throws: Failure.self) {
                try row.url(of: provider(vendor), model: "m", endpoint: endpoint)
            }
            #expect(failure?.kind == .unsupportedParameter)
        }
        let row = try #require(VendorRow(.anthropic))
        let failure = #expect(throws: Failure.self) {
            try row.endpointURL(provider(.anthropic), model: "m", endpoint: .chat)
        }
        #expect(failure?.kind == .unsupportedParameter)
    }

    @Test(
        arguments: [
            (nil, nil, "bedrock-runtime.us-east-1.amazonaws.com"),
            ("eu-west-1", nil, "bedrock-runtime.eu-west-1.amazonaws.com"),
            ("eu-west-1", "AKIA::secret::eu-central-1", "bedrock-runtime.eu-central-1.amazonaws.com"),
            ("eu-west-1", "AKIA::secret", "bedrock-runtime.eu-west-1.amazonaws.com"),
            (nil, "AKIA::secret::cn-north-1::token", "bedrock-runtime.cn-north-1.amazonaws.com.cn"),
            (nil, "bedrock-api-key-abc", "bedrock-runtime.us-east-1.amazonaws.com"),
            (nil, "AKIA::secret::evil.example/#", nil),
            ("Evil", nil, nil),
        ] as [(String?, String?, String?)])
    func `a region makes Bedrock's address`(region: String?, credential: String?, host: String?) throws {
        let row = try #require(VendorRow(.bedrock))
        let bedrock = Provider(id: Identifier("prov_test"), name: "test", vendor: .bedrock, region: region)
        let url = try? row.url(
            of: bedrock, model: "m", endpoint: .chat(isStream: false), credential: credential.map { Secret($0) })
        #expect(url?.host == host)
    }

    @Test(
        arguments: [
            (Vendor.openai, "sk-1", "authorization", "Bearer sk-1"),
            (.anthropic, "sk-ant-api03-x", "x-api-key", "sk-ant-api03-x"),
            (.anthropic, "sk-ant-oat01-x", "authorization", "Bearer sk-ant-oat01-x"),
            (.google, "AIza1", "x-goog-api-key", "AIza1"),
            (.google, "ya29.a", "authorization", "Bearer ya29.a"),
            (.azure, "0123abc", "api-key", "0123abc"),
            (
                .azure, "eyJhbGciOiJSUzI1NiJ9.eyJhIjoxfQ.c2ln", "authorization",
                "Bearer eyJhbGciOiJSUzI1NiJ9.eyJhIjoxfQ.c2ln"
            ),
            (.bedrock, "ABSKx", "authorization", "Bearer ABSKx"),
            (.bedrock, "::x", "authorization", "Bearer ::x"),
        ] as [(Vendor, String, String, String)])
    func `a credential goes by its form`(vendor: Vendor, secret: String, name: String, value: String) throws {
        let row = try #require(VendorRow(vendor))
        guard case .header(let sentName, let sentValue) = row.authorization(Secret(secret), region: nil) else {
            Issue.record("not a header")
            return
        }
        #expect(sentName == name && sentValue == value)
    }

    @Test func `access keys sign`() throws {
        let row = try #require(VendorRow(.bedrock))
        guard case .signature(let keys) = row.authorization(Secret("AK::s/e+c::eu-west-3::to::ken"), region: "x"),
            case .signature(let plain) = row.authorization(Secret("AK::s"), region: "eu-north-1")
        else {
            Issue.record("not a signature")
            return
        }
        #expect(keys.accessKeyID == "AK" && keys.secretKey.reveal() == "s/e+c" && keys.region == "eu-west-3")
        #expect(keys.sessionToken?.reveal() == "to::ken")
        #expect(plain.region == "eu-north-1" && plain.sessionToken == nil)
    }

    @Test func `Anthropic's version is a default`() {
        #expect(VendorRow(.anthropic)?.defaultHeaders.map(\.name) == ["anthropic-version"])
        #expect(VendorRow(.openai)?.defaultHeaders.isEmpty == true)
        #expect(VendorRow(.google)?.asksForUsage == false)
    }

    @Test(arguments: [
        nil, "", "api.example.com", "ftp://host/", "http://", "http:///path", "http://user@host/", "http://host:0/",
        "http://host:65536/", "http://host:x/", "http://host:/", "http://ho st/", "http://host/\u{e9}",
        "http://host/#a",
        "http://host\\@evil/", "http://host/a\r\nX: y", "http://[::1", "http://[::1]x/", "http://[g]/", "http://a:1:2/",
    ])
    func `an address that is none is refused`(base: String?) throws {
        let row = try #require(VendorRow(.openaiCompatible))
        #expect(throws: Failure.self) {
            try row.endpointURL(provider(.openaiCompatible, base), model: "m", endpoint: .chat)
        }
    }

    @Test func `an address is taken apart for the client`() throws {
        let url = try #require(EndpointURL("http://[2001:DB8::1]:8080/a/b/?x=1"))
        #expect(url.host == "2001:db8::1")
        #expect(url.port == 8080)
        #expect(url.authority == "[2001:db8::1]:8080")
        #expect(url.target == "/a/b?x=1")
        #expect(!url.isSecure)
        let plain = try #require(EndpointURL("https://host"))
        #expect(plain.port == 443 && plain.authority == "host" && plain.target == "/")
    }
}
