import FoundationEssentials

/// The catalogue as the program ships it: `Resources/catalog.json`, made by `packaging/catalog`, which also says what
/// its fields mean. Rates are decimal texts, so that no price is ever a binary fraction.
public struct CatalogueFile: Sendable {
    /// What could be read.
    public let catalogue: Catalogue
    /// One sentence for each entry, or part of one, that was left out.
    public let problems: [String]

    /// Reads the file. An entry that is odd is left out and listed; about 20 ms for 1,300 models.
    /// - Throws: `Failure` of kind `internalError` when the whole is no catalogue.
    public init(json bytes: some Collection<UInt8>) throws(Failure) {
        let file: File
        do {
            file = try JSONDecoder().decode(File.self, from: Data(bytes))
        } catch {
            throw Failure(.internalError, "the catalogue of models cannot be read", cause: String(describing: error))
        }
        var problems: [String] = []
        var models: [String: Model] = [:]
        models.reserveCapacity(file.models.count)
        for (name, entry) in file.models {
            guard let row = entry.row else {
                problems.append("\(name): \(entry.problem)")
                continue
            }
            models[name] = row.model(name, problems: &problems)
        }
        catalogue = Catalogue(models: models, date: file.meta?.date ?? "")
        self.problems = problems.sorted()
    }

    private struct File: Decodable {
        var meta: Meta?
        var models: [String: Entry]
    }

    private struct Meta: Decodable {
        var date: String?
    }

    /// An entry that may be odd without spoiling the others.
    private struct Entry: Decodable {
        var row: Row?
        var problem = ""

        init(from decoder: any Decoder) {
            do {
                row = try Row(from: decoder)
            } catch {
                problem = "not a model: \(error)"
            }
        }
    }

    private struct Row: Decodable {
        var mode: String?
        var context: Int64?
        var max_out: Int64?
        var quality: String?
        var can: String?
        var rejects: String?
        var prices: [PriceRow]?

        func model(_ name: String, problems: inout [String]) -> Model? {
            guard let slash = name.firstIndex(of: "/"), slash != name.startIndex,
                name.index(after: slash) != name.endIndex
            else {
                problems.append("\(name): a model's name must read vendor/model")
                return nil
            }
            var tier = Model.QualityTier.standard
            if let quality {
                if let known = Model.QualityTier(rawValue: quality) {
                    tier = known
                } else {
                    problems.append("\(name): unknown quality \"\(quality)\"")
                }
            }
            var read: [Price] = []
            for price in prices ?? [] {
                if let price = price.price(of: name, problems: &problems) { read.append(price) }
            }
            return Model(
                name: String(name[name.index(after: slash)...]), mode: mode ?? "chat",
                contextTokens: positive(context), maximumOutputTokens: positive(max_out), quality: tier,
                capabilities: words(can), rejects: words(rejects), prices: read)
        }

        private func positive(_ count: Int64?) -> Int64? { count.flatMap { $0 > 0 ? $0 : nil } }

        private func words(_ text: String?) -> [String] { text?.split(separator: " ").map(String.init) ?? [] }
    }

    /// A price, a service tier of it or a long-context tier: one shape, since every keyed container costs a dictionary.
    private final class PriceRow: Decodable {
        let from: String?
        let above: Int64?
        let `in`: String?
        let cache_read: String?
        let cache_write_5m: String?
        let cache_write_1h: String?
        let out: String?
        let audio_in: String?
        let audio_out: String?
        let search: String?
        let tiers: [PriceRow]?
        let batch: PriceRow?
        let flex: PriceRow?
        let priority: PriceRow?
        let ultrafast: PriceRow?

        func price(of name: String, problems: inout [String]) -> Price? {
            guard let from, let moment = Timestamp(iso8601: from) else {
                problems.append("\(name): \"\(from ?? "")\" is no date")
                return nil
            }
            do throws(OddRate) {
                var serviceTiers: [String: Tariff] = [:]
                let named = [("batch", batch), ("flex", flex), ("priority", priority), ("ultrafast", ultrafast)]
                for (tier, row) in named {
                    guard let row else { continue }
                    serviceTiers[tier] = try tariff(rates: row.rates.over(rates), tiers: row.tiers ?? tiers)
                }
                return Price(
                    id: "\(name)@\(from)", effectiveFrom: moment, standard: try tariff(rates: rates, tiers: tiers),
                    serviceTiers: serviceTiers)
            } catch {
                problems.append("\(name): \"\(error.text)\" is no rate in dollars")
                return nil
            }
        }

        /// A tariff whose long-context tiers, each over the one before, name only what differs.
        private func tariff(rates: RateRow, tiers: [PriceRow]?) throws(OddRate) -> Tariff {
            var whole = rates
            var contextTiers: [Tariff.ContextTier] = []
            for tier in (tiers ?? []).sorted(by: { $0.above ?? 0 < $1.above ?? 0 }) {
                guard let above = tier.above else { throw OddRate(text: "a tier without above") }
                whole = tier.rates.over(whole)
                contextTiers.append(Tariff.ContextTier(above: above, rates: try whole.rates))
            }
            return Tariff(base: try rates.rates, contextTiers: contextTiers)
        }

        private var rates: RateRow {
            RateRow(
                in: self.in, cache_read: cache_read, cache_write_5m: cache_write_5m, cache_write_1h: cache_write_1h,
                out: out, audio_in: audio_in, audio_out: audio_out, search: search)
        }
    }

    /// Rates as texts; nil is what the file does not name.
    private struct RateRow {
        var `in`: String?
        var cache_read: String?
        var cache_write_5m: String?
        var cache_write_1h: String?
        var out: String?
        var audio_in: String?
        var audio_out: String?
        /// A thousand web searches of the provider's own.
        var search: String?

        func over(_ other: RateRow) -> RateRow {
            RateRow(
                in: self.in ?? other.in, cache_read: cache_read ?? other.cache_read,
                cache_write_5m: cache_write_5m ?? other.cache_write_5m,
                cache_write_1h: cache_write_1h ?? other.cache_write_1h, out: out ?? other.out,
                audio_in: audio_in ?? other.audio_in, audio_out: audio_out ?? other.audio_out,
                search: search ?? other.search)
        }

        var rates: Rates {
            get throws(OddRate) {
                Rates(
                    input: try rate(self.in) ?? .free, cachedInput: try rate(cache_read),
                    cacheWrite5m: try rate(cache_write_5m), cacheWrite1h: try rate(cache_write_1h),
                    output: try rate(out) ?? .free, audioInput: try rate(audio_in), audioOutput: try rate(audio_out),
                    request: try rate(search, units: 1000) ?? .free)
            }
        }

        /// A rate of dollars for a million units, or for as many as are named.
        private func rate(_ text: String?, units: Int64 = 1_000_000) throws(OddRate) -> Rate? {
            guard let text else { return nil }
            guard let amount = Money(usd: text), amount >= .zero else { throw OddRate(text: text) }
            let (rate, overflow) = amount.nanoUSD.multipliedReportingOverflow(by: 1_000_000 / units)
            guard !overflow else { throw OddRate(text: text) }
            return Rate(nanoUSDPerMillion: rate)
        }
    }

    private struct OddRate: Error {
        let text: String
    }
}
