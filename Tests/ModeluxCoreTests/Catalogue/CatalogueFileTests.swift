import Foundation
import ModeluxCore
import Testing

struct CatalogueFileTests {
    private func read(_ models: String) throws -> CatalogueFile {
        try CatalogueFile(json: Array("{\"meta\":{\"date\":\"2026-01-02\"},\"models\":{\(models)}}".utf8))
    }

    private func rate(_ dollars: String) -> Rate { Rate(nanoUSDPerMillion: Money(usd: dollars)?.nanoUSD ?? -1) }

    private let provider = Provider(id: Identifier("prov_x"), name: "x", vendor: .openai)

    @Test func `a model is read with all that it names`() throws {
        let file = try read(
            #"""
            "openai/m": {"mode": "chat", "context": 1000, "max_out": 100, "quality": "premium", "can": "tools vision",
             "rejects": "prefill", "prices": [
              {"from": "2026-01-01", "in": "1", "out": "2"},
              {"from": "2026-06-01", "in": "2.5", "cache_read": "0.25", "cache_write_5m": "3", "out": "15",
               "audio_in": "40", "audio_out": "80", "search": "10",
               "tiers": [{"above": 272, "in": "5"}, {"above": 100, "out": "16"}],
               "flex": {"in": "1.25"}, "priority": {"out": "30", "tiers": [{"above": 5, "in": "9"}]}}]}
            """#)
        #expect(file.problems == [])
        #expect(file.catalogue.date == "2026-01-02")
        let model = try #require(file.catalogue.model("m", at: provider))
        #expect(model.name == "m" && model.mode == "chat" && model.quality == .premium)
        #expect(model.contextTokens == 1000 && model.maximumOutputTokens == 100)
        #expect(model.capabilities == ["tools", "vision"] && model.rejects == ["prefill"])
        #expect(model.prices.map(\.id) == ["openai/m@2026-01-01", "openai/m@2026-06-01"])
        let price = model.prices[1]
        #expect(price.effectiveFrom == Timestamp(iso8601: "2026-06-01"))
        let base = Rates(
            input: rate("2.5"), cachedInput: rate("0.25"), cacheWrite5m: rate("3"), output: rate("15"),
            audioInput: rate("40"), audioOutput: rate("80"), request: rate("10000"))
        #expect(price.rates(promptTokens: 1) == base)
        var long = base
        long.output = rate("16")
        #expect(price.rates(promptTokens: 101) == long)
        // A tier builds on the one below it; a one-hour write follows the input.
        (long.input, long.cacheWrite1h) = (rate("5"), rate("10"))
        #expect(price.rates(promptTokens: 273) == long)
        var flex = base
        (flex.input, flex.cacheWrite1h) = (rate("1.25"), rate("2.5"))
        #expect(price.rates(promptTokens: 1, serviceTier: "flex") == flex)
        #expect(price.rates(promptTokens: 101, serviceTier: "flex").output == rate("16"))
        #expect(price.rates(promptTokens: 6, serviceTier: "priority").input == rate("9"))
        #expect(price.rates(promptTokens: 6, serviceTier: "priority").output == rate("30"))
    }

    @Test(arguments: [
        #""noslash": {"mode":"chat"}"#, #""/m": {}"#, #""openai/": {}"#, #""openai/m": 7"#, #""openai/m": null"#,
        #""openai/m": {"context":"many"}"#, #""openai/m": {"quality":"superb"}"#,
        #""openai/m": {"prices":[{"from":"soon","in":"1"}]}"#, #""openai/m": {"prices":[{"in":"1"}]}"#,
        #""openai/m": {"prices":[{"from":"2026-01-01","in":"-1"}]}"#,
        #""openai/m": {"prices":[{"from":"2026-01-01","in":"one"}]}"#,
        #""openai/m": {"prices":[{"from":"2026-01-01","in":1.5}]}"#,
        #""openai/m": {"prices":[{"from":"2026-01-01","in":"1","tiers":[{"in":"2"}]}]}"#,
        #""openai/m": {"prices":[{"from":"2026-01-01","in":"0.0000000001"}]}"#,
    ])
    func `an odd entry is left out and named`(entry: String) throws {
        let file = try read(entry + #","openai/good":{"prices":[{"from":"2026-01-01","in":"1","out":"2"}]}"#)
        #expect(file.problems.count == 1)
        #expect(file.catalogue.model("good", at: provider)?.prices.count == 1)
        #expect(file.catalogue.model("m", at: provider)?.prices.isEmpty ?? true)
    }

    @Test(arguments: ["", "[]", "{}", "{\"models\":[]}", "not json"])
    func `a file that is no catalogue is refused`(text: String) {
        #expect(throws: Failure.self) { try CatalogueFile(json: Array(text.utf8)) }
    }

    @Test func `the shipped catalogue has no problems and prices what it should`() throws {
        let path = URL(filePath: #filePath).appending(path: "../../../../Resources/catalog.json").standardized
        let file = try CatalogueFile(json: Data(contentsOf: path))
        #expect(file.problems == [])
        #expect(file.catalogue.count > 1000)
        for (name, model) in file.catalogue.all {
            for price in model.prices {
                #expect(price.id.hasPrefix(name + "@"))
                #expect(price.rates(promptTokens: 0).input.nanoUSDPerMillion < 10_000_000_000_000)
            }
        }
        for name in Provider.sandbox.models {
            let model = try #require(file.catalogue.model(name, at: .sandbox))
            let cost = Meter.cost(of: Usage(input: 20, output: 200), at: model.prices.first)
            #expect(cost.total >= Money(nanoUSD: 1000))
        }
    }
}
