import ModeluxCore
import ModeluxStore

/// `models` and `prices`: what the catalogue knows.
struct ModelsAPI: Sendable {
    let store: ControlStore

    func models(_ exchange: Exchange) async throws -> Reply {
        try list(exchange) { entry, json in
            json.object { json in
                json.member("id", entry.name)
                json.member("mode", entry.model.mode)
                json.member("quality_tier", entry.model.quality.rawValue)
                json.member("context_tokens", entry.model.contextTokens)
                json.member("max_output_tokens", entry.model.maximumOutputTokens)
                json.key("capabilities")
                JSONTree.texts(entry.model.capabilities).write(to: &json)
            }
        }
    }

    func prices(_ exchange: Exchange) async throws -> Reply {
        let now = exchange.now
        return try list(exchange) { entry, json in
            let price = entry.model.price(at: now)
            json.object { json in
                json.member("model", entry.name)
                json.member("id", price?.id)
                json.member("effective_from", price?.effectiveFrom.iso8601)
                json.key("usd_per_million")
                guard let rates = price?.standard.base else { return json.null() }
                json.object { json in
                    for (name, rate) in Self.rates(rates) {
                        json.member(name, Money(nanoUSD: rate.nanoUSDPerMillion))
                    }
                }
            }
        }
    }

    private static func rates(_ rates: Rates) -> KeyValuePairs<String, Rate> {
        [
            "input": rates.input, "cached_input": rates.cachedInput, "cache_write_5m": rates.cacheWrite5m,
            "cache_write_1h": rates.cacheWrite1h, "output": rates.output,
        ]
    }

    /// A page of the catalogue by name; the cursor is the last name.
    private func list(
        _ exchange: Exchange, _ write: ((name: String, model: Model), inout JSONText) -> Void
    ) throws -> Reply {
        let limit = try ListRequest(limit: exchange.query["limit"], cursor: nil).limit
        let after = exchange.query["cursor"] ?? ""
        let text = exchange.query["q"]?.lowercased()
        let rest = store.snapshot.catalogue.all.lazy.filter { entry in
            entry.name > after && (text.map { entry.name.lowercased().contains($0) } ?? true)
        }
        let found = Array(rest.prefix(limit + 1))
        let page = found.prefix(limit)
        return .list(Array(page), nextCursor: found.count > limit ? page.last?.name : nil, write)
    }
}
