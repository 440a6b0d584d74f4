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

    @Test(arguments: [Vendor.anthropic, .google, .bedrock, .sandbox])
    func `vendors of other dialects have no row`(vendor: Vendor) {
        #expect(VendorRow(vendor) == nil)
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
