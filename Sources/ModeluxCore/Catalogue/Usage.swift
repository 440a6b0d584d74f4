/// What one attempt consumed, in disjoint buckets: no token is counted in two of them, except that `reasoning` is the
/// part of `output` that the model spent thinking.
public struct Usage: Sendable, Hashable {
    /// Input tokens that were neither read from nor written to a prompt cache, without audio; ≥ 0.
    public var input: Int64
    /// Input tokens read from a prompt cache.
    public var cachedInput: Int64
    /// Input tokens written to a cache with the provider's default lifetime (5 minutes at Anthropic).
    public var cacheWrite5m: Int64
    /// Input tokens written to a cache of one hour.
    public var cacheWrite1h: Int64
    /// Output tokens, reasoning included, without audio.
    public var output: Int64
    /// The part of `output` spent on reasoning.
    public var reasoning: Int64
    /// Audio input tokens that are priced apart.
    public var audioInput: Int64
    /// Audio output tokens that are priced apart.
    public var audioOutput: Int64
    /// Images made.
    public var images: Int64
    /// Calls that are priced by the call.
    public var requests: Int64
    /// True when the provider reported nothing, or not everything, and the counts are ours.
    public var isEstimated: Bool

    /// Makes a usage; counts that are not named are zero.
    public init(
        input: Int64 = 0, cachedInput: Int64 = 0, cacheWrite5m: Int64 = 0, cacheWrite1h: Int64 = 0, output: Int64 = 0,
        reasoning: Int64 = 0, audioInput: Int64 = 0, audioOutput: Int64 = 0, images: Int64 = 0, requests: Int64 = 0,
        isEstimated: Bool = false
    ) {
        self.input = input
        self.cachedInput = cachedInput
        self.cacheWrite5m = cacheWrite5m
        self.cacheWrite1h = cacheWrite1h
        self.output = output
        self.reasoning = reasoning
        self.audioInput = audioInput
        self.audioOutput = audioOutput
        self.images = images
        self.requests = requests
        self.isEstimated = isEstimated
    }

    /// Nothing consumed.
    public static let none = Usage()

    /// All input tokens, cached ones included: what a context tier is measured by. Saturating.
    public var promptTotal: Int64 {
        [cachedInput, cacheWrite5m, cacheWrite1h, audioInput].reduce(input, saturatingSum)
    }

    /// Tokens of every kind, input and output together.
    public var tokens: Int64 { saturatingSum(promptTotal, saturatingSum(output, audioOutput)) }

    /// The sum bucket by bucket, saturating; estimated when either part is.
    public static func + (left: Usage, right: Usage) -> Usage {
        Usage(
            input: saturatingSum(left.input, right.input),
            cachedInput: saturatingSum(left.cachedInput, right.cachedInput),
            cacheWrite5m: saturatingSum(left.cacheWrite5m, right.cacheWrite5m),
            cacheWrite1h: saturatingSum(left.cacheWrite1h, right.cacheWrite1h),
            output: saturatingSum(left.output, right.output),
            reasoning: saturatingSum(left.reasoning, right.reasoning),
            audioInput: saturatingSum(left.audioInput, right.audioInput),
            audioOutput: saturatingSum(left.audioOutput, right.audioOutput),
            images: saturatingSum(left.images, right.images),
            requests: saturatingSum(left.requests, right.requests),
            isEstimated: left.isEstimated || right.isEstimated)
    }
}

/// The sum of two counts, held at the ends of the range: counts come from providers and must never trap.
func saturatingSum(_ left: Int64, _ right: Int64) -> Int64 {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? (left < 0 ? .min : .max) : sum
}
