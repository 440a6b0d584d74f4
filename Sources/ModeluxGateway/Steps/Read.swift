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
        let headers = exchange.head.headers
        let members = try OpenAIRequestHead.read(body, endpoint: endpoint == .embeddings ? .embeddings : .chat)
        let tags = try headers.first("x-modelux-user-tags").map { header throws(Failure) in try Tags(header: header) }
        let inquiry = Inquiry(
            endpoint: endpoint, body: body, members: members,
            endUser: bounded(headers.first("x-modelux-user-id") ?? members.endUser),
            tags: tags ?? members.tags,
            traceID: bounded(headers.first("x-modelux-trace-id") ?? members.traceID),
            conversationID: bounded(headers.first("x-modelux-conversation-id") ?? members.conversationID),
            isDryRun: endpoint == .dryRun || isTrue(headers.first("x-modelux-dry-run")),
            wantsTrace: members.wantsTrace,
            providerKey: headers.first("x-modelux-provider-key").map(Secret.init))
        let storesBodies =
            caller.project.settings.storesBodies && headers.first("x-modelux-retention")?.lowercased() != "none"
        note(inquiry, storesBodies: storesBodies, sdk: headers.first("x-modelux-sdk"), in: &operation)
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

    private func note(_ inquiry: Inquiry, storesBodies: Bool, sdk: String?, in operation: inout Operation) {
        operation.wantsTrace = inquiry.wantsTrace
        operation.record.isStream = inquiry.members.isStream
        operation.record.requestedModel = inquiry.model
        operation.record.endUser = inquiry.endUser
        operation.record.tags = inquiry.tags
        operation.record.traceID = inquiry.traceID
        operation.record.conversationID = inquiry.conversationID
        operation.record.sdk = bounded(sdk)
        guard storesBodies else { return }
        operation.record.bodies = .stored
        operation.requestBody = inquiry.body
        operation.responseBody = ByteBuffer()
    }

    private func isTrue(_ value: String?) -> Bool {
        value.map { $0.lowercased() == "true" || $0 == "1" } ?? false
    }

    /// Names that callers choose are cut at 256 bytes, so that a record stays small.
    private func bounded(_ text: String?) -> String? {
        guard let text, text.utf8.count > 256 else { return text }
        return String(text.prefix(256))
    }
}
