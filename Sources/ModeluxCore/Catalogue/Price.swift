/// The price of one model from one day on. An immutable object, shared by all plans that use it.
public final class Price: Sendable {
    /// `vendor/model@YYYY-MM-DD`, unique; stored on every ledger row that was priced with it.
    public let id: String
    /// The first moment it applies to.
    public let effectiveFrom: Timestamp
    /// The rates of the standard service tier.
    public let standard: Tariff
    /// The rates of other service tiers, by the name that the provider *returns* (`flex`, `priority`, `batch`, …).
    public let serviceTiers: [String: Tariff]

    /// Makes a price.
    public init(id: String, effectiveFrom: Timestamp, standard: Tariff, serviceTiers: [String: Tariff] = [:]) {
        self.id = id
        self.effectiveFrom = effectiveFrom
        self.standard = standard
        self.serviceTiers = serviceTiers
    }

    /// The rates that a request of `promptTokens` input tokens answered in `serviceTier` pays: a long-context tier
    /// applies to the whole request as soon as the prompt is longer than its threshold.
    public func rates(promptTokens: Int64, serviceTier: String? = nil) -> Rates {
        let tariff = serviceTier.flatMap { serviceTiers[$0] } ?? standard
        return tariff.contextTiers.last { promptTokens > $0.above }?.rates ?? tariff.base
    }

    /// The dearest rate of each kind that a request of at most `promptTokens` input tokens could pay in any service
    /// tier: the basis of a worst-case hold.
    public func dearestRates(promptTokens: Int64) -> Rates {
        serviceTiers.values.reduce(rates(promptTokens: promptTokens)) { rates, tariff in
            rates.dearest(tariff.contextTiers.last { promptTokens > $0.above }?.rates ?? tariff.base)
        }
    }
}

/// The rates of one service tier, by length of the prompt.
public struct Tariff: Sendable {
    /// The rates of a short prompt.
    public let base: Rates
    /// Long-context rates, ascending by threshold; each holds every rate, not only those that differ.
    public let contextTiers: [ContextTier]

    /// Rates for prompts longer than a threshold.
    public struct ContextTier: Sendable {
        /// Applies to prompts of more input tokens than this.
        public let above: Int64
        /// What they pay.
        public let rates: Rates

        /// Makes a tier.
        public init(above: Int64, rates: Rates) {
            self.above = above
            self.rates = rates
        }
    }

    /// Makes a tariff; tiers may come in any order.
    public init(base: Rates, contextTiers: [ContextTier] = []) {
        self.base = base
        self.contextTiers = contextTiers.sorted { $0.above < $1.above }
    }
}

/// What a million units of each bucket cost.
public struct Rates: Sendable, Hashable {
    /// Plain input tokens.
    public var input: Rate
    /// Input read from a prompt cache.
    public var cachedInput: Rate
    /// Input written to a cache of the default lifetime.
    public var cacheWrite5m: Rate
    /// Input written to a cache of one hour.
    public var cacheWrite1h: Rate
    /// Output tokens.
    public var output: Rate
    /// Audio input tokens.
    public var audioInput: Rate
    /// Audio output tokens.
    public var audioOutput: Rate
    /// Images made, per million images.
    public var image: Rate
    /// Calls, per million calls.
    public var request: Rate

    /// Makes rates; what is not named costs as its plain kind does (cached and audio input as `input`, a one-hour
    /// write as twice the input where a five-minute write has a price of its own, audio output as `output`).
    public init(
        input: Rate, cachedInput: Rate? = nil, cacheWrite5m: Rate? = nil, cacheWrite1h: Rate? = nil, output: Rate,
        audioInput: Rate? = nil, audioOutput: Rate? = nil, image: Rate = .free, request: Rate = .free
    ) {
        self.input = input
        self.cachedInput = cachedInput ?? input
        self.cacheWrite5m = cacheWrite5m ?? input
        let doubled = input.nanoUSDPerMillion.multipliedReportingOverflow(by: 2)
        let oneHour = Rate(nanoUSDPerMillion: doubled.overflow ? .max : doubled.partialValue)
        self.cacheWrite1h = cacheWrite1h ?? (cacheWrite5m == nil ? input : oneHour)
        self.output = output
        self.audioInput = audioInput ?? input
        self.audioOutput = audioOutput ?? output
        self.image = image
        self.request = request
    }

    /// Nothing costs anything.
    public static let free = Rates(input: .free, output: .free)

    /// The larger rate of each kind.
    public func dearest(_ other: Rates) -> Rates {
        Rates(
            input: larger(input, other.input), cachedInput: larger(cachedInput, other.cachedInput),
            cacheWrite5m: larger(cacheWrite5m, other.cacheWrite5m),
            cacheWrite1h: larger(cacheWrite1h, other.cacheWrite1h), output: larger(output, other.output),
            audioInput: larger(audioInput, other.audioInput), audioOutput: larger(audioOutput, other.audioOutput),
            image: larger(image, other.image), request: larger(request, other.request))
    }
}

private func larger(_ left: Rate, _ right: Rate) -> Rate {
    left.nanoUSDPerMillion >= right.nanoUSDPerMillion ? left : right
}
