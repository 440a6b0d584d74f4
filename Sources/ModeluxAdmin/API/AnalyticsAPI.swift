import ModeluxCore
import ModeluxStore

/// `analytics`: figures over time.
struct AnalyticsAPI: Sendable {
    /// Buckets of one report at most.
    private static let maximumBuckets: Int64 = 5000
    let records: RecordSource

    func report(_ exchange: Exchange) async throws -> Reply {
        let request = try Self.request(exchange)
        let report = try await records.analytics.report(request)
        return .data { json in
            json.object { json in
                json.member("start", request.start.iso8601)
                json.member("end", request.end.iso8601)
                json.member("granularity", request.granularity.rawValue)
                json.key("series")
                json.array { json in
                    for row in report.series {
                        json.object { json in
                            json.member("bucket", row.start.iso8601)
                            if request.groupBy != nil { json.member("group", row.group) }
                            Self.write(row.figures, to: &json)
                        }
                    }
                }
                json.key("totals")
                json.object { Self.write(report.totals, to: &$0) }
            }
        }
    }

    private static func request(_ exchange: Exchange) throws -> AnalyticsRequest {
        let end = try exchange.time("end") ?? exchange.now
        let start = try exchange.time("start") ?? end.advanced(byMicroseconds: -86_400_000_000)
        let granularity = try exchange.query["granularity"].map { text in
            guard let granularity = AnalyticsRequest.Granularity(rawValue: text) else {
                throw Refusal.invalid("granularity", "must be minute, hour or day")
            }
            return granularity
        }
        let group = try exchange.query["group_by"].map { text in
            guard let group = AnalyticsRequest.Group(rawValue: text) else {
                throw Refusal.invalid("group_by", "must be model, provider, project or key")
            }
            return group
        }
        guard start < end else { throw Refusal.invalid("start", "must lie before the end") }
        let request = AnalyticsRequest(
            start: start, end: end, granularity: granularity ?? .hour, groupBy: group,
            projectID: exchange.query["project_id"], keyID: exchange.query["key_id"])
        let length: Int64 =
            switch request.granularity {
            case .minute: 60_000_000
            case .hour: 3_600_000_000
            case .day: 86_400_000_000
            }
        guard (end.microseconds / length) - (start.microseconds / length) < maximumBuckets else {
            throw Refusal.invalid("granularity", "makes more than \(maximumBuckets) buckets: ask for a shorter time")
        }
        return request
    }

    private static func write(_ figures: AnalyticsFigures, to json: inout JSONText) {
        json.member("requests", figures.requests)
        json.member("errors", figures.errors)
        json.member("cost_usd", figures.cost)
        json.member("input_tokens", figures.usage.promptTotal)
        json.member("output_tokens", figures.usage.output)
        json.member("p50_latency_ms", figures.latencyPercentile(0.5))
        json.member("p95_latency_ms", figures.latencyPercentile(0.95))
        json.member("p99_latency_ms", figures.latencyPercentile(0.99))
    }
}
