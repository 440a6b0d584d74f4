import ModeluxCore
import ModeluxHTTP
import ModeluxWire
import NIOCore

/// One call to one target: sends, waits for the head, and either takes the whole answer and meters it, or hands on the
/// stream. The attempt's entry in the record is completed on every way out.
struct UpstreamAttempt {
    let candidate: Plan.Candidate
    let inquiry: Inquiry
    /// The plan's settings, with the timeouts of this attempt.
    let options: RoutingConfig.Options
    /// How the answer becomes the caller's.
    let reading: AnswerReading
    let started: UInt64
    let clock: OperationClock
    let maximumAnswerBytes: Int

    /// Calls a provider.
    /// - Throws: `Failure` of kind `providerError`, `providerTimeout` or `clientGone`.
    func call(
        _ call: UpstreamCall, _ request: UpstreamRequest, _ operation: inout Operation
    ) async throws(Failure) -> Answer {
        let waitStart = clock.monotonic()
        let head: ResponseHead
        let body: ByteBuffer
        do throws(UpstreamError) {
            head = try await call.send(request, timeouts: Timeouts(options.timeouts))
            let now = clock.monotonic()
            let index = operation.record.attempts.count - 1
            operation.record.attempts[index].status = head.status
            operation.record.attempts[index].firstByteMilliseconds = Double(now &- started) / 1_000_000
            if head.status == 200, isStream(head) {
                operation.waited += now &- waitStart
                return .stream(stream(headers(of: head, isStream: true), .upstream(call), index, operation))
            }
            body = try await call.collect(limit: maximumAnswerBytes)
            operation.waited += clock.monotonic() &- waitStart
        } catch {
            operation.waited += clock.monotonic() &- waitStart
            throw fail(error, &operation)
        }
        return .whole(try finish(head, body, &operation))
    }

    /// Calls a provider that takes only a part of the request at a time, call after call.
    /// - Throws: as `call`.
    func callEach(
        _ requests: [UpstreamRequest], by makeCall: () -> UpstreamCall, _ operation: inout Operation
    ) async throws(Failure) -> Answer {
        var head = ResponseHead(status: 200)
        var pieces: [EmbeddingTranslation.Piece] = []
        for request in requests {
            let call = makeCall()
            let body: ByteBuffer
            let waitStart = clock.monotonic()
            do throws(UpstreamError) {
                head = try await call.send(request, timeouts: Timeouts(options.timeouts))
                body = try await call.collect(limit: maximumAnswerBytes)
                operation.waited += clock.monotonic() &- waitStart
            } catch {
                operation.waited += clock.monotonic() &- waitStart
                let failure = fail(error, &operation)
                if !pieces.isEmpty { operation.bill(inquiry.unreportedUsage, to: index(operation), at: candidate) }
                throw failure
            }
            operation.record.attempts[index(operation)].status = head.status
            guard (200..<300).contains(head.status) else {
                if !pieces.isEmpty { operation.bill(inquiry.unreportedUsage, to: index(operation), at: candidate) }
                return .whole(try finish(head, body, &operation))
            }
            pieces.append(
                EmbeddingTranslation.Piece(
                    body: body,
                    inputTokens: head.headers.first("x-amzn-bedrock-input-token-count").flatMap { Int64($0) }))
        }
        return .whole(try finish(head, ByteBuffer(), pieces: pieces, &operation))
    }

    private func index(_ operation: Operation) -> Int { operation.record.attempts.count - 1 }

    /// Answers from the built-in models.
    func callSandbox(
        _ model: SandboxModel, body: ByteBuffer, state: SandboxState, _ operation: inout Operation
    ) async throws(Failure) -> Answer {
        let reply = SandboxReply(to: inquiry, body: body, model: model, state: state, operation.record)
        let index = operation.record.attempts.count - 1
        operation.record.attempts[index].status = reply.status
        operation.record.attempts[index].firstByteMilliseconds = Double(clock.monotonic() &- started) / 1_000_000
        var headers = HeaderBlock()
        headers.add("content-type", reply.events == nil ? "application/json" : "text/event-stream; charset=utf-8")
        guard let events = reply.events else {
            if let retryAfter = reply.retryAfterSeconds { headers.add("retry-after", String(retryAfter)) }
            return .whole(try finish(ResponseHead(status: reply.status, headers: headers), reply.body, &operation))
        }
        return .stream(
            stream(headers, .sandbox(SandboxStream(events: events, pause: model.pause)), index, operation))
    }

    private func stream(
        _ headers: HeaderBlock, _ source: StreamSource, _ index: Int, _ operation: Operation
    ) -> StreamAnswer {
        StreamAnswer(
            headers: headers, source: source, attempt: index, candidate: candidate,
            relay: reading.relay(as: identity(operation)), options: options, started: started)
    }

    /// What the answer looks like to the caller, where the provider does not say.
    private func identity(_ operation: Operation) -> AnswerReading.Identity {
        AnswerReading.Identity(
            id: operation.record.surface.answerID(operation.record.requestID), model: candidate.model,
            created: operation.record.createdAt.microseconds / 1_000_000, inputTokens: inquiry.likelyInputTokens,
            includesUsage: inquiry.members.asksForUsage)
    }

    private func finish(
        _ head: ResponseHead, _ body: ByteBuffer, pieces: [EmbeddingTranslation.Piece]? = nil,
        _ operation: inout Operation
    ) throws(Failure) -> WholeAnswer {
        let index = operation.record.attempts.count - 1
        operation.record.attempts[index].durationMilliseconds = Double(clock.monotonic() &- started) / 1_000_000
        guard (200..<300).contains(head.status) else {
            return try refuse(head, body, &operation)
        }
        let answer: WholeReading
        do throws(Failure) {
            answer =
                if let pieces { try reading.pieces(pieces, as: identity(operation)) } else {
                    try reading.whole(body, as: identity(operation))
                }
        } catch {
            operation.record.attempts[index].outcome = .serverError
            operation.record.attempts[index].reason = error.message
            operation.bill(inquiry.unreportedUsage, to: index, at: candidate)
            throw error
        }
        let observed = answer.observed
        operation.bill(observed, estimatingInput: inquiry.likelyInputTokens, to: index, at: candidate)
        if inquiry.endpoint == .countTokens { operation.bill(.none, to: index, at: candidate) }
        guard !observed.isMalformed else {
            operation.record.attempts[index].outcome = .serverError
            operation.record.attempts[index].reason = "the answer is not valid JSON"
            throw Failure(
                .providerError,
                "provider \"\(candidate.provider.name)\" answered \(head.status) with a body that is no JSON")
        }
        operation.record.attempts[index].outcome = .success
        operation.record.attempts[index].reason = "answered"
        operation.record.status = head.status
        return WholeAnswer(
            status: head.status, headers: headers(of: head), body: answer.body, thoughts: answer.thoughts)
    }

    /// A provider's error answer: handed on as it is where it is clean, else said again in our words.
    private func refuse(
        _ head: ResponseHead, _ answered: ByteBuffer, _ operation: inout Operation
    ) throws(Failure) -> WholeAnswer {
        let body = CredentialEcho.removed(from: answered, inquiry.providerKey ?? candidate.provider.credential)
        let error = ProviderError(status: head.status, header: { head.headers.first($0) }, body: body)
        let failure = error.failure(provider: candidate.provider.name)
        let index = operation.record.attempts.count - 1
        operation.record.attempts[index].outcome = error.outcome
        operation.record.attempts[index].reason = "status \(head.status): \(error.message)"
        guard !reading.isTranslated, error.passesThrough(in: inquiry.dialect, callersOwnKey: inquiry.providerKey != nil)
        else {
            throw failure
        }
        operation.record.status = head.status
        operation.record.errorCode = failure.kind.code
        operation.record.errorMessage = error.message
        return WholeAnswer(status: head.status, headers: headers(of: head), body: body)
    }

    private func fail(_ error: UpstreamError, _ operation: inout Operation) -> Failure {
        let index = operation.record.attempts.count - 1
        operation.record.attempts[index].durationMilliseconds = Double(clock.monotonic() &- started) / 1_000_000
        let name = candidate.provider.name
        let verdict = UpstreamVerdict(error, provider: name, timeouts: options.timeouts)
        operation.record.attempts[index].outcome = verdict.outcome
        operation.record.attempts[index].reason = verdict.reason
        if verdict.mayHaveSpent {
            operation.bill(inquiry.unreportedUsage, to: index, at: candidate)
        }
        return verdict.failure
    }

    /// Whether a stream has begun. Within one dialect the provider's word decides; between two, what was asked for
    /// does, since the answer's reader knows every form in which its provider streams.
    private func isStream(_ head: ResponseHead) -> Bool {
        if reading.isTranslated { return inquiry.isStream }
        guard let type = head.headers.firstBytes("content-type") else { return false }
        return type.readableBytesUInt8Span.hasPrefixIgnoringCase("text/event-stream")
    }

    private func headers(of head: ResponseHead, isStream: Bool = false) -> HeaderBlock {
        var headers = ForwardedHeaders.toCaller(head.headers, isTranslated: reading.isTranslated)
        if reading.isTranslated {
            headers.add("content-type", isStream ? "text/event-stream; charset=utf-8" : "application/json")
        }
        return headers
    }
}

extension Timeouts {
    /// A config's timeouts, for the upstream client.
    init(_ timeouts: AttemptTimeouts) {
        self.init(
            connect: timeouts.connect, firstByte: timeouts.firstByte, idle: timeouts.idle, total: timeouts.total)
    }
}
