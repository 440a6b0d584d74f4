import ModeluxCore
import ModeluxStore

extension LogFilter {
    /// The query parameters that make a filter.
    static let parameters = [
        "start", "end", "project_id", "key_id", "status", "error_code", "model", "provider", "end_user", "tags",
        "trace_id", "conversation_id", "min_latency_ms", "min_cost_usd", "q",
    ]

    /// Reads the filter from a query.
    /// - Throws: `Refusal` for a value that cannot be understood.
    init(_ exchange: Exchange) throws {
        self.init()
        let query = exchange.query
        start = try exchange.time("start")
        end = try exchange.time("end")
        projectID = query["project_id"]
        keyID = query["key_id"]
        status = try query["status"].map(LogFilter.status)
        errorCode = query["error_code"]
        model = query["model"]
        provider = query["provider"]
        endUser = query["end_user"]
        tags = try query["tags"].map(LogFilter.tags) ?? Tags()
        traceID = query["trace_id"]
        conversationID = query["conversation_id"]
        minimumLatencyMilliseconds = try query["min_latency_ms"].map { text in
            guard let value = Double(text), value.isFinite, value >= 0 else {
                throw Refusal.invalid("min_latency_ms", "must be a number of milliseconds, 0 or more")
            }
            return value
        }
        minimumCost = try query["min_cost_usd"].map { text in
            guard let value = Money(usd: text), value >= .zero else {
                throw Refusal.invalid("min_cost_usd", "must be an amount in dollars with at most nine decimals")
            }
            return value
        }
        text = query["q"].map { String($0.prefix(200)) }
    }

    /// `2xx`, `4xx`, `429`, or `error` for everything from 400 on.
    private static func status(_ text: String) throws -> ClosedRange<Int> {
        if text == "error" { return 400...599 }
        if text.count == 3, text.hasSuffix("xx"), let hundred = text.first?.wholeNumberValue, (1...5).contains(hundred)
        {
            return hundred * 100...hundred * 100 + 99
        }
        guard let exact = Int(text), (100...599).contains(exact) else {
            throw Refusal.invalid("status", "must be a class such as 2xx, 4xx or 5xx, or one status such as 429")
        }
        return exact...exact
    }

    private static func tags(_ text: String) throws -> Tags {
        do { return try Tags(header: text) } catch {
            throw Refusal.invalid("tags", "must read k=v,k=v")
        }
    }
}
