import Metrics
import ModeluxCore

/// The counters and timers of the hot path, made once: a look-up by label would cost more than the counting.
struct GatewayMetrics: Sendable {
    private let byStatusClass: [Counter]
    private let refusedByKind: [Failure.Kind: Counter]
    private let tokensIn = Counter(label: "modelux_input_tokens_total")
    private let tokensOut = Counter(label: "modelux_output_tokens_total")
    private let costNanoUSD = Counter(label: "modelux_cost_nanousd_total")
    private let attempts = Counter(label: "modelux_attempts_total")
    private let estimated = Counter(label: "modelux_estimated_usage_total")
    private let cacheHits = Counter(label: "modelux_cache_hits_total")
    private let cacheMisses = Counter(label: "modelux_cache_misses_total")
    private let savedNanoUSD = Counter(label: "modelux_cache_saved_nanousd_total")
    private let duration = Timer(label: "modelux_request_duration")
    private let gateway = Timer(label: "modelux_gateway_duration")

    /// Makes the series, so that they are there from the first scrape.
    init() {
        byStatusClass = (1...5).map { Counter(label: "modelux_requests_total", dimensions: [("status", "\($0)xx")]) }
        refusedByKind = Dictionary(
            uniqueKeysWithValues: Failure.Kind.allCases.map {
                ($0, Counter(label: "modelux_refused_requests_total", dimensions: [("code", $0.code)]))
            })
    }

    /// Counts a request that was refused before its caller was known.
    func refused(_ kind: Failure.Kind) {
        refusedByKind[kind]?.increment()
    }

    /// Counts a finished operation.
    func finished(_ record: RequestRecord) {
        byStatusClass[min(max(record.status / 100, 1), 5) - 1].increment()
        duration.recordNanoseconds(Int64(record.latency.totalMilliseconds * 1_000_000))
        gateway.recordNanoseconds(Int64(record.latency.gatewayMilliseconds * 1_000_000))
        if let cache = record.trace?.cache { noteCache(cache) }
        guard !record.attempts.isEmpty else { return }
        attempts.increment(by: record.attempts.count)
        let usage = record.usage
        tokensIn.increment(by: usage.promptTotal)
        tokensOut.increment(by: usage.output)
        costNanoUSD.increment(by: record.cost.total.nanoUSD)
        if usage.isEstimated { estimated.increment() }
    }

    private func noteCache(_ note: DecisionTrace.CacheNote) {
        switch note.result {
        case .hit:
            cacheHits.increment()
            savedNanoUSD.increment(by: note.saved?.nanoUSD ?? 0)
        case .miss: cacheMisses.increment()
        case .skipped: break
        }
    }
}
