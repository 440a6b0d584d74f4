import ModeluxCore
import ModeluxHTTP
import ModeluxWire
import NIOCore

/// Step 3: the body's bytes and the request extensions → an inquiry. Headers win over the body.
struct Read {
    let maximumBodyBytes: Int
    let clock: OperationClock

    /// Receives the body and finds in it what the gateway must know.
    /// - Throws: `Failure` of kind `bodyTooLarge`, `invalidJSON`, `missingField`, `unsupportedParameter`,
    ///   `requestTimeout` or `clientGone`.
    func callAsFunction(
        _ exchange: ServerExchange, _ endpoint: Endpoint, for caller: Caller, into operation: inout Operation
    ) async throws(Failure) -> Inquiry {
        let waitStart = clock.monotonic()
        let body = try await receive(exchange)
        operation.waited += clock.monotonic() &- waitStart
        let members = try InquiryHead.read(body, endpoint: endpoint.request ?? .chat)
        let isBeta = endpoint.surface == .anthropic && exchange.head.target.hasSuffix("?beta=true")
        // Most requests carry none of our headers: one look says so, instead of one for each name.
        let headers = exchange.head.headers.contains(prefix: "x-modelux-") ? exchange.head.headers : nil
        let inquiry = try Inquiry(endpoint: endpoint, body: body, members: members, isBeta: isBeta, headers: headers)
        var storesBodies = caller.project.settings.storesBodies
        if let headers {
            if headers.first("x-modelux-retention")?.lowercased() == "none" { storesBodies = false }
            operation.record.sdk = Inquiry.bounded(headers.first("x-modelux-sdk"))
        }
        note(inquiry, storesBodies: storesBodies, in: &operation)
        return inquiry
    }

    private func receive(_ exchange: ServerExchange) async throws(Failure) -> ByteBuffer {
        do throws(ExchangeError) {
            return try await exchange.body(limit: maximumBodyBytes)
        } catch {
            switch error {
            case .tooLarge:
                throw Failure(.bodyTooLarge, "the request body is larger than \(maximumBodyBytes) bytes: send less")
            case .timeout: throw Failure(.requestTimeout, "the request body came too slowly: send it again")
            case .malformed: throw Failure(.invalidJSON, "the request body's framing is broken: send it again")
            case .overloaded:
                throw Failure(.overloaded, "too much is waiting in memory: retry later", retryAfterSeconds: 1)
            case .clientGone: throw Failure(.clientGone, "the client left before its request was complete")
            }
        }
    }

    private func note(_ inquiry: Inquiry, storesBodies: Bool, in operation: inout Operation) {
        operation.wantsTrace = inquiry.members.wantsTrace
        operation.record.isStream = inquiry.isStream
        operation.record.requestedModel = inquiry.model
        operation.record.endUser = inquiry.endUser
        operation.record.tags = inquiry.tags
        operation.record.traceID = inquiry.traceID
        operation.record.conversationID = inquiry.conversationID
        guard storesBodies else { return }
        operation.record.bodies = .stored
        operation.requestBody = inquiry.body
        operation.responseBody = ByteBuffer()
    }
}
