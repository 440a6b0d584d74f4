import HummingbirdCore
import ModeluxCore
import ModeluxStore
import NIOCore
import ServiceLifecycle

/// `logs`: what was asked and answered.
struct LogsAPI: Sendable {
    let records: RecordSource
    let feed: RecordFeed

    func list(_ exchange: Exchange) async throws -> Reply {
        let filter = try LogFilter(exchange)
        let limit = try ListRequest(limit: exchange.query["limit"], cursor: nil).limit
        let page = try await records.list(filter, limit, exchange.query["cursor"])
        return .list(page.records, nextCursor: page.nextCursor, LogJSON.writeRow)
    }

    func get(_ exchange: Exchange) async throws -> Reply {
        let record = try await find(exchange)
        // Bodies are what people wrote: whoever only reads figures does not need them.
        let mayReadBodies = exchange.author.role >= .member
        let bodies = mayReadBodies ? try await records.bodies(record.requestID) : nil
        return .data { LogJSON.writeDetail(record, bodies: bodies, to: &$0) }
    }

    func trace(_ exchange: Exchange) async throws -> Reply {
        let record = try await find(exchange)
        return .data { $0.raw(TraceJSON.text(of: record)) }
    }

    /// Server-sent events, `record` with a list row each, until the caller leaves.
    func tail(_ exchange: Exchange) async throws -> Reply {
        let filter = try LogFilter(exchange)
        guard let stream = feed.watch() else {
            throw Failure(.overloaded, "too many live tails are open: close one", retryAfterSeconds: 5)
        }
        let events = stream.cancelOnGracefulShutdown().compactMap { record -> ByteBuffer? in
            guard let record else { return ByteBuffer(string: ": \n\n") }
            guard filter.matches(record) else { return nil }
            var json = JSONText()
            LogJSON.writeRow(record, to: &json)
            return ByteBuffer(string: "event: record\ndata: \(json.text)\n\n")
        }
        return Reply(
            headers: [("content-type", "text/event-stream"), ("cache-control", "no-store")],
            body: .stream(ResponseBody(asyncSequence: events)))
    }

    private func find(_ exchange: Exchange) async throws -> RequestRecord {
        let text = exchange.parameter("request_id")
        guard let id = RequestID(text), let record = try await records.find(id) else {
            throw Refusal.missing("log", text)
        }
        return record
    }
}
