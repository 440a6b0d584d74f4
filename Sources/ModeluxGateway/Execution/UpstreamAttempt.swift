import ModeluxCore
import ModeluxHTTP
import ModeluxWire
import NIOCore

/// One call to one target: sends, waits for the head, and either takes the whole answer and meters it, or hands on the
/// stream. The attempt's entry in the record is completed on every way out.
struct UpstreamAttempt {
    let candidate: Plan.Candidate
    let inquiry: Inquiry
    let plan: Plan
    let started: UInt64
    let clock: OperationClock
    let maximumAnswerBytes: Int

    /// Calls a provider.
    /// - Throws: `Failure` of kind `providerError`, `providerTimeout` or `clientGone`.
    func call(
        _ call: UpstreamCall, _ request: UpstreamRequest, removesUsageChunk: Bool, _ operation: inout Operation
    ) async throws(Failure) -> Answer {
        let waitStart = clock.monotonic()
        let head: ResponseHead
        let body: ByteBuffer
        do throws(UpstreamError) {
            head = try await call.send(request, timeouts: Timeouts(plan.options.timeouts))
            let now = clock.monotonic()
            let index = operation.record.attempts.count - 1
            operation.record.attempts[index].status = head.status
            operation.record.attempts[index].firstByteMilliseconds = Double(now &- started) / 1_000_000
            if head.status == 200, UpstreamAttempt.isEventStream(head) {
                operation.waited += now &- waitStart
                return .stream(
                    StreamAnswer(
                        headers: UpstreamAttempt.forwarded(head.headers), source: .upstream(call), attempt: index,
                        candidate: candidate, removesUsageChunk: removesUsageChunk, options: plan.options,
                        started: started))
            }
            body = try await call.collect(limit: maximumAnswerBytes)
            operation.waited += clock.monotonic() &- waitStart
        } catch {
            operation.waited += clock.monotonic() &- waitStart
            throw fail(error, &operation)
        }
        return .whole(try finish(head, body, &operation))
    }

    /// Answers from the built-in models.
    func callSandbox(
        _ model: SandboxModel, state: SandboxState, _ operation: inout Operation
    ) async throws(Failure) -> Answer {
        let reply = SandboxReply(to: inquiry, model: model, state: state, operation.record)
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
            StreamAnswer(
                headers: headers, source: .sandbox(SandboxStream(events: events, pause: model.pause)), attempt: index,
                candidate: candidate, removesUsageChunk: !inquiry.members.asksForUsage, options: plan.options,
                started: started))
    }

    private func finish(
        _ head: ResponseHead, _ body: ByteBuffer, _ operation: inout Operation
    ) throws(Failure) -> WholeAnswer {
        let index = operation.record.attempts.count - 1
        operation.record.attempts[index].durationMilliseconds = Double(clock.monotonic() &- started) / 1_000_000
        guard (200..<300).contains(head.status) else {
            return try refuse(head, body, &operation)
        }
        let observed = OpenAIResponse.observe(body)
        let usage = observed.usage(estimatingInput: inquiry.likelyInputTokens)
        operation.record.attempts[index].usage = usage
        operation.record.attempts[index].serviceTier = observed.serviceTier
        operation.record.attempts[index].cost = Meter.cost(
            of: usage, at: candidate.price, serviceTier: observed.serviceTier)
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
        return WholeAnswer(status: head.status, headers: UpstreamAttempt.forwarded(head.headers), body: body)
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
        guard error.passesThrough(callersOwnKey: inquiry.providerKey != nil) else { throw failure }
        operation.record.status = head.status
        operation.record.errorCode = failure.kind.code
        operation.record.errorMessage = error.message
        return WholeAnswer(status: head.status, headers: UpstreamAttempt.forwarded(head.headers), body: body)
    }

    private func fail(_ error: UpstreamError, _ operation: inout Operation) -> Failure {
        let index = operation.record.attempts.count - 1
        operation.record.attempts[index].durationMilliseconds = Double(clock.monotonic() &- started) / 1_000_000
        let name = candidate.provider.name
        let verdict = UpstreamVerdict(error, provider: name, timeouts: plan.options.timeouts)
        operation.record.attempts[index].outcome = verdict.outcome
        operation.record.attempts[index].reason = verdict.reason
        if verdict.mayHaveSpent {
            let usage = Usage(input: inquiry.likelyInputTokens, isEstimated: true)
            operation.record.attempts[index].usage = usage
            operation.record.attempts[index].cost = Meter.cost(of: usage, at: candidate.price)
        }
        return verdict.failure
    }

    private static func isEventStream(_ head: ResponseHead) -> Bool {
        guard let type = head.headers.firstBytes("content-type") else { return false }
        return type.readableBytesUInt8Span.hasPrefixIgnoringCase("text/event-stream")
    }

    /// The headers of a provider's answer that callers may see: none that name the operator's account.
    private static func forwarded(_ headers: HeaderBlock) -> HeaderBlock {
        var forwarded = HeaderBlock()
        forwarded.appendAll(from: headers) { name in
            switch name.count {
            case 11: name.equalsIgnoringCase("retry-after")
            case 12: name.equalsIgnoringCase("content-type") || name.equalsIgnoringCase("x-request-id")
            case 14:
                name.equalsIgnoringCase("retry-after-ms") || name.equalsIgnoringCase("x-should-retry")
                    || name.equalsIgnoringCase("openai-version")
            default: false
            }
        }
        return forwarded
    }
}

/// What a broken call means: for the record, for the caller, and for the money.
struct UpstreamVerdict {
    let outcome: AttemptRecord.Outcome
    let reason: String
    let failure: Failure
    /// Whether the provider may have worked, and charged, although no answer came.
    let mayHaveSpent: Bool

    /// The gateway stops, and its time for answers to end by themselves is up.
    static let stopping = UpstreamVerdict(
        .cancelled, "the gateway is stopping",
        Failure(.overloaded, "the gateway is stopping: send the request again", retryAfterSeconds: 1),
        mayHaveSpent: true)

    /// Judges an error of the upstream client.
    init(_ error: UpstreamError, provider: String, timeouts: AttemptTimeouts) {
        let subject = "provider \"\(provider)\""
        switch error {
        case .cancelled:
            self.init(.cancelled, "the client left", Failure(.clientGone, "the client left"), mayHaveSpent: true)
        case .connectTimeout:
            let reason = "no connection within \(timeouts.connect)"
            self.init(.timeout, reason, Failure(.providerTimeout, "\(subject): \(reason)"), mayHaveSpent: false)
        case .firstByteTimeout:
            let reason = "no first byte within \(timeouts.firstByte)"
            self.init(.timeout, reason, Failure(.providerTimeout, "\(subject): \(reason)"), mayHaveSpent: true)
        case .idleTimeout:
            let reason = "silent for \(timeouts.idle)"
            self.init(.timeout, reason, Failure(.providerTimeout, "\(subject): \(reason)"), mayHaveSpent: true)
        case .totalTimeout:
            let reason = "not finished within \(timeouts.total)"
            self.init(.timeout, reason, Failure(.providerTimeout, "\(subject): \(reason)"), mayHaveSpent: true)
        case .connectFailed(let cause), .tls(let cause):
            let failure = Failure(.providerError, "\(subject) cannot be reached: \(cause)", cause: cause)
            self.init(.connectionError, cause, failure, mayHaveSpent: false)
        case .resetBeforeHead:
            let reason = "the connection broke before an answer"
            self.init(.connectionError, reason, Failure(.providerError, "\(subject): \(reason)"), mayHaveSpent: true)
        case .resetMidBody(let cause):
            let reason = "the answer broke off"
            self.init(
                .connectionError, reason, Failure(.providerError, "\(subject): \(reason)", cause: cause),
                mayHaveSpent: true)
        case .malformed(let cause):
            let reason = "the answer is not HTTP as it must be"
            self.init(
                .serverError, reason, Failure(.providerError, "\(subject): \(reason)", cause: cause), mayHaveSpent: true
            )
        case .tooLarge:
            let reason = "the answer is larger than the gateway takes"
            self.init(.serverError, reason, Failure(.providerError, "\(subject): \(reason)"), mayHaveSpent: true)
        }
    }

    /// Says a verdict by its parts.
    init(_ outcome: AttemptRecord.Outcome, _ reason: String, _ failure: Failure, mayHaveSpent: Bool) {
        self.outcome = outcome
        self.reason = reason
        self.failure = failure
        self.mayHaveSpent = mayHaveSpent
    }
}

extension Timeouts {
    /// A config's timeouts, for the upstream client.
    init(_ timeouts: AttemptTimeouts) {
        self.init(
            connect: timeouts.connect, firstByte: timeouts.firstByte, idle: timeouts.idle, total: timeouts.total)
    }
}
