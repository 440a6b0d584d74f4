import ModeluxCore
import ModeluxHTTP
import ModeluxWire
import NIOCore

/// Step 6: the plan → an answer. Every call to a provider is written down before it is made.
struct Attempt {
    let upstream: UpstreamClient
    let sandbox: SandboxState
    let gate: SpendingGate
    let clock: OperationClock
    let addresses = AddressBook()
    let thoughts: ThoughtStore
    let maximumAnswerBytes: Int

    /// Tries the plan's candidates until one answers.
    /// - Throws: `Failure` of kind `providerError`, `providerTimeout`, `overloaded`, `unsupportedParameter` or
    ///   `clientGone`.
    func callAsFunction(
        _ plan: Plan, _ inquiry: Inquiry, _ caller: Caller, _ exchange: ServerExchange, _ operation: inout Operation
    ) async throws(Failure) -> Answer {
        guard let candidate = plan.candidates.first else {
            throw Failure(.noHealthyProvider, "no target is left to try for \"\(inquiry.model)\"")
        }
        return try await call(candidate, of: plan, inquiry, caller, exchange, &operation)
    }

    /// Calls one candidate.
    private func call(
        _ candidate: Plan.Candidate, of plan: Plan, _ inquiry: Inquiry, _ caller: Caller, _ exchange: ServerExchange,
        _ operation: inout Operation
    ) async throws(Failure) -> Answer {
        let number = operation.record.attempts.count + 1
        let started = clock.monotonic()
        operation.record.provider = candidate.provider.name
        operation.record.model = candidate.model
        operation.record.trace?.candidates[0].verdict = .tried
        operation.record.trace?.decision = "attempt \(number)"
        let request = try OutgoingRequest(
            inquiry, to: candidate, from: exchange.head.headers, by: addresses,
            restoring: { thoughts.restore(&$0, for: caller.project.id) }, at: clock.wall)
        try note(request.dropped, of: candidate, plan.options, &operation)
        if case .none = request.destination { return .whole(Attempt.count(inquiry, &operation)) }
        try gate(candidate, number: number, inquiry, plan.options, &operation)
        operation.record.attempts.append(
            AttemptRecord(
                number: number, providerID: candidate.provider.id, provider: candidate.provider.name,
                model: candidate.model, outcome: .cancelled, startedMilliseconds: operation.milliseconds(at: started)))
        let run = UpstreamAttempt(
            candidate: candidate, inquiry: inquiry, plan: plan, reading: request.reading, started: started,
            clock: clock, maximumAnswerBytes: maximumAnswerBytes)
        switch request.destination {
        case .none: return .whole(Attempt.count(inquiry, &operation))
        case .sandbox(let model, let body):
            return try await run.callSandbox(model, body: body, state: sandbox, &operation)
        case .upstream(let request, let further):
            let makeCall = {
                let call = upstream.makeCall(on: exchange.eventLoop)
                if plan.options.onDisconnect == .cancel { exchange.onClientGone { call.cancel() } }
                return call
            }
            do throws(Failure) {
                if case .embeddings = run.reading {
                    return try await run.callEach([request] + further, by: makeCall, &operation)
                }
                return try await run.call(makeCall(), request, &operation)
            } catch {
                guard exchange.isCutOff else { throw error }
                operation.record.attempts[number - 1].reason = UpstreamVerdict.stopping.reason
                throw UpstreamVerdict.stopping.failure
            }
        }
    }

    /// Says in record and answer what the provider cannot express, or refuses where the config forbids to leave it out.
    private func note(
        _ dropped: [String], of candidate: Plan.Candidate, _ options: RoutingConfig.Options,
        _ operation: inout Operation
    ) throws(Failure) {
        operation.record.trace?.dropped = dropped
        guard let first = dropped.first, !options.allowsDropped else { return }
        throw Failure(
            .unsupportedParameter,
            "\(candidate.provider.name)/\(candidate.model) cannot express \(dropped.joined(separator: ", ")), and the "
                + "routing config does not allow to leave it out: remove it, or set allow_dropped to true",
            parameter: first)
    }

    /// A count of tokens by our own estimate, for models whose provider has no count of Anthropic's shape.
    private static func count(_ inquiry: Inquiry, _ operation: inout Operation) -> WholeAnswer {
        operation.record.status = 200
        operation.record.trace?.decision = "counted here: no provider was called"
        var headers = HeaderBlock()
        headers.add("content-type", "application/json")
        return WholeAnswer(
            status: 200, headers: headers,
            body: ByteBuffer(string: "{\"input_tokens\":\(inquiry.likelyInputTokens)}"))
    }
}
