/// Turns usage into money.
public enum Meter {
    /// What an attempt cost, bucket by bucket, at a price and in the service tier that the answer named. Without a
    /// price everything is zero and `priceID` is nil.
    public static func cost(of usage: Usage, at price: Price?, serviceTier: String? = nil) -> Cost {
        guard let price else { return Cost() }
        return cost(
            of: usage, rates: price.rates(promptTokens: usage.promptTotal, serviceTier: serviceTier), priceID: price.id)
    }

    /// The most that a request can cost: every input token at the dearest input rate, every output token at the
    /// dearest output rate. Calls that are priced by the call, such as web searches at the provider, are not in it:
    /// nothing in a request bounds them.
    public static func worstCase(inputTokens: Int64, outputTokens: Int64, at price: Price?) -> Money {
        guard let price else { return .zero }
        let rates = price.dearestRates(promptTokens: inputTokens)
        let dearestInput = [rates.cachedInput, rates.cacheWrite5m, rates.cacheWrite1h, rates.audioInput].reduce(
            rates.input
        ) { $0.nanoUSDPerMillion >= $1.nanoUSDPerMillion ? $0 : $1 }
        let dearestOutput =
            rates.audioOutput.nanoUSDPerMillion > rates.output.nanoUSDPerMillion ? rates.audioOutput : rates.output
        return dearestInput.cost(of: inputTokens) + dearestOutput.cost(of: outputTokens)
    }

    private static func cost(of usage: Usage, rates: Rates, priceID: String) -> Cost {
        Cost(
            input: rates.input.cost(of: usage.input),
            cachedInput: rates.cachedInput.cost(of: usage.cachedInput),
            cacheWrite: rates.cacheWrite5m.cost(of: usage.cacheWrite5m)
                + rates.cacheWrite1h.cost(of: usage.cacheWrite1h),
            output: rates.output.cost(of: usage.output),
            other: rates.audioInput.cost(of: usage.audioInput) + rates.audioOutput.cost(of: usage.audioOutput)
                + rates.image.cost(of: usage.images) + rates.request.cost(of: usage.requests),
            priceID: priceID)
    }
}

/// A cost by bucket.
public struct Cost: Sendable, Hashable {
    /// Plain input.
    public var input: Money
    /// Cached input.
    public var cachedInput: Money
    /// Cache writes of both lifetimes.
    public var cacheWrite: Money
    /// Output.
    public var output: Money
    /// Audio, images and calls.
    public var other: Money
    /// The price that was applied; nil when none was known. A sum over attempts keeps the last one's.
    public var priceID: String?

    /// Makes a cost; what is not named is zero.
    public init(
        input: Money = .zero, cachedInput: Money = .zero, cacheWrite: Money = .zero, output: Money = .zero,
        other: Money = .zero, priceID: String? = nil
    ) {
        self.input = input
        self.cachedInput = cachedInput
        self.cacheWrite = cacheWrite
        self.output = output
        self.other = other
        self.priceID = priceID
    }

    /// The sum of the buckets.
    public var total: Money { input + cachedInput + cacheWrite + output + other }

    /// The sum bucket by bucket.
    public static func + (left: Cost, right: Cost) -> Cost {
        Cost(
            input: left.input + right.input, cachedInput: left.cachedInput + right.cachedInput,
            cacheWrite: left.cacheWrite + right.cacheWrite, output: left.output + right.output,
            other: left.other + right.other, priceID: right.priceID ?? left.priceID)
    }
}
