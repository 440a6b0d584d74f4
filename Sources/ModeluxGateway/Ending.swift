import ModeluxCore
import ModeluxHTTP
import ModeluxWire
import NIOCore

/// The last bytes of an answer: they go out once the operation is booked.
enum Ending {
    /// A whole answer.
    case whole(WholeAnswer)
    /// The end of a stream; with its head when nothing has gone out yet.
    case stream(tail: ByteBuffer, head: HeaderBlock?)
    /// A stream that broke after its first byte: a typed error event, then the end.
    case brokenStream(Failure)
    /// An error instead of an answer.
    case failure(Failure)
    /// The plan instead of an answer.
    case dryRun
    /// Nobody is there to answer.
    case gone

    /// Sends the last bytes.
    func send(to exchange: ServerExchange, _ operation: Operation) {
        let surface = operation.record.surface
        switch self {
        case .whole(let answer):
            var body = answer.body
            if operation.wantsTrace, answer.status == 200 {
                body = TraceInsertion.inserted(operation.extras, into: body)
            }
            var head = Ending.head(answer.status, answer.headers, operation)
            head.headers.add("x-modelux-cost-usd", operation.record.cost.total.usdText)
            exchange.respond(head, body: body)
        case .stream(let tail, let headers):
            if let headers { exchange.startStream(Ending.head(200, headers, operation)) }
            var last =
                operation.wantsTrace ? surface.traceEvent(operation.extras, operation.record) : ByteBuffer()
            last.writeImmutableBuffer(tail)
            exchange.finishStream(last: last)
        case .brokenStream(let failure):
            exchange.finishStream(last: surface.errorEvent(for: failure, operation.record))
        case .failure(let failure):
            var headers = HeaderBlock()
            headers.add("content-type", "application/json")
            if let seconds = failure.retryAfterSeconds { headers.add("retry-after", String(seconds)) }
            if failure.kind == .methodNotAllowed, let endpoint = Endpoint(path: exchange.head.path) {
                headers.add("allow", endpoint.method)
            }
            var head = Ending.head(failure.kind.status, headers, operation)
            if operation.isAccountable { head.headers.add("x-modelux-cost-usd", operation.record.cost.total.usdText) }
            if exchange.hasAnswered {
                exchange.finishStream(last: surface.errorEvent(for: failure, operation.record))
            } else {
                exchange.respond(head, body: surface.errorBody(for: failure, operation.record))
            }
        case .dryRun:
            var headers = HeaderBlock()
            headers.add("content-type", "application/json")
            exchange.respond(
                Ending.head(200, headers, operation), body: ByteBuffer(string: "{\"modelux\":" + operation.extras + "}")
            )
        case .gone:
            exchange.abort()
        }
    }

    /// Names for a header: they may come from a caller's body, so only what a header may hold stays.
    private static func headerList(_ names: [String]) -> String {
        names.prefix(64).map { name in
            String(decoding: name.utf8.prefix(128).filter { (0x21...0x7E).contains($0) && $0 != 0x2C }, as: UTF8.self)
        }.joined(separator: ",")
    }

    /// The head of an answer: the provider's headers that callers may see, then the gateway's own.
    static func head(_ status: Int, _ provider: HeaderBlock, _ operation: Operation) -> ResponseHead {
        var headers = provider
        headers.reserve(fields: 10, bytes: 320)
        let record = operation.record
        headers.add("x-modelux-request-id", record.requestID.description)
        if let provider = record.provider { headers.add("x-modelux-provider-used", provider) }
        if let model = record.model { headers.add("x-modelux-model-used", model) }
        if !record.attempts.isEmpty { headers.add("x-modelux-attempts", record.attempts.count) }
        if let dropped = record.trace?.dropped, !dropped.isEmpty {
            headers.add("x-modelux-dropped", Ending.headerList(dropped))
        }
        if let variant = record.trace?.variant { headers.add("x-modelux-ab-variant", variant) }
        if let cache = record.trace?.cache { headers.add("x-modelux-cache", cache.result == .hit ? "HIT" : "MISS") }
        operation.hold.add(to: &headers)
        return ResponseHead(status: status, headers: headers)
    }
}

extension Operation {
    /// What `mlx:trace` and a dry run show: why, what it cost, and the operation's name.
    var extras: String {
        var json = JSONText()
        json.object { json in
            json.key("trace")
            json.raw(TraceJSON.text(of: record))
            json.member("cost_usd", record.cost.total)
            json.member("request_id", record.requestID.description)
        }
        return json.text
    }
}
