import ModeluxCore
import ModeluxHTTP
import ModeluxWire
import NIOCore

/// Step 6: the plan → an answer. Every call to a provider is written down before it is made.
struct Attempt {
    let upstream: UpstreamClient
    let sandbox: SandboxState
    let sink: any RecordSink
    let clock: OperationClock
    let addresses = AddressBook()
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
        let number = 1
        let started = clock.monotonic()
        operation.record.provider = candidate.provider.name
        operation.record.model = candidate.model
        operation.record.trace?.candidates[number - 1].verdict = .tried
        operation.record.trace?.decision = "attempt \(number)"
        let request = try OutgoingRequest(inquiry, to: candidate, from: exchange.head.headers, by: addresses)
        try sink.begin(
            LedgerIntent(
                requestID: operation.record.requestID, attempt: number, createdAt: operation.record.createdAt,
                projectID: caller.project.id, keyID: caller.key.id, providerID: candidate.provider.id,
                provider: candidate.provider.name, model: candidate.model, hold: inquiry.worstCase(at: candidate),
                priceID: candidate.price?.id))
        operation.record.attempts.append(
            AttemptRecord(
                number: number, providerID: candidate.provider.id, provider: candidate.provider.name,
                model: candidate.model, outcome: .cancelled, startedMilliseconds: operation.milliseconds(at: started)))
        let run = UpstreamAttempt(
            candidate: candidate, inquiry: inquiry, plan: plan, started: started, clock: clock,
            maximumAnswerBytes: maximumAnswerBytes)
        switch request {
        case .sandbox(let model):
            return try await run.callSandbox(model, state: sandbox, &operation)
        case .upstream(let request, let removesUsageChunk):
            let call = upstream.makeCall(on: exchange.eventLoop)
            if plan.options.onDisconnect == .cancel { exchange.onClientGone { call.cancel() } }
            do throws(Failure) {
                return try await run.call(call, request, removesUsageChunk: removesUsageChunk, &operation)
            } catch {
                guard exchange.isCutOff else { throw error }
                operation.record.attempts[number - 1].reason = UpstreamVerdict.stopping.reason
                throw UpstreamVerdict.stopping.failure
            }
        }
    }
}
