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
        let before = try exchange.query["cursor"].map { text in
            guard let id = RequestID(text) else { throw Refusal.invalid("cursor", "is not a cursor that a list gave") }
            return id
        }
        let page = try await records.logs.list(filter, before: before, limit: limit)
        var reply = Reply.list(page.records, nextCursor: page.next?.description, LogJSON.writeRow)
        // The search has a time limit: a page cut short says so, and its cursor goes on from there.
        if page.isPartial { reply.headers.append(("x-modelux-partial", "true")) }
        return reply
    }

    func get(_ exchange: Exchange) async throws -> Reply {
        let record = try await find(exchange)
        // Bodies are what people wrote: whoever only reads figures does not need them.
        let mayReadBodies = exchange.author.role >= .member
        let bodies = mayReadBodies ? try await records.logs.bodies(of: record.requestID) : nil
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
        guard let id = RequestID(text), let record = try await records.logs.record(id) else {
            throw Refusal.missing("log", text)
        }
        return record
    }
}
