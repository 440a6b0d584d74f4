import ModeluxCore
import ModeluxHTTP
import ModeluxWire
import NIOCore

/// Carries a plan out: which attempt comes next is decided by `RunState`, what is done is here and in the extensions
/// for each kind of node.
struct PlanRun: Sendable {
    let parts: Attempt
    let plan: Plan
    var inquiry: Inquiry
    let caller: Caller
    let exchange: ServerExchange
    /// The monotonic moment by which everything must have ended.
    var deadline: UInt64
    /// Stops this member of an ensemble when another one has won.
    var stop: CallStop?

    /// How much of a stream is read before it counts as an answer: with nothing else to try, its head is enough.
    var usualPriming: Priming {
        if plan.options.holdsBackUntilContent { return .content }
        if case .attempt = plan.root { return .none }
        return .firstBytes
    }

    /// Performs a node.
    /// - Throws: `Failure` when nothing of it answered.
    func perform(
        _ node: Plan.Node, _ priming: Priming, _ operation: inout Operation
    ) async throws(Failure) -> Answer {
        switch node {
        case .attempt, .sequence: try await sequence(node, priming, &operation)
        case .ensemble(let ensemble): try await self.ensemble(ensemble, priming, &operation)
        case .cascade(let steps): try await cascade(steps, &operation)
        case .refuse(let failure): throw failure
        }
    }

    /// Why the operation ended as it did, in one sentence for the trace.
    static func explain(_ operation: inout Operation) {
        let attempts = operation.record.attempts
        guard let last = attempts.last, operation.record.trace?.reason.isEmpty == true else { return }
        guard attempts.count > 1 else {
            let tried = operation.record.trace?.candidates.first { $0.verdict == .tried }
            operation.record.trace?.reason = tried?.reason ?? ""
            return
        }
        let earlier = attempts.dropLast().suffix(4).map { "\($0.provider)/\($0.model): \($0.outcome.rawValue)" }
        operation.record.trace?.reason =
            earlier.joined(separator: ", ") + "; then \(last.provider)/\(last.model): \(last.outcome.rawValue)"
    }
}

extension PlanRun {
    /// Calls one candidate.
    func call(
        _ index: Int, _ priming: Priming, _ operation: inout Operation
    ) async throws(Failure) -> Answer {
        guard plan.candidates.indices.contains(index) else {
            throw Failure(.noHealthyProvider, "no target is left to try for \"\(inquiry.model)\"")
        }
        let candidate = plan.candidates[index]
        let started = parts.clock.monotonic()
        operation.beginAttempt()
        let own = try inquiry.adapted(to: candidate, caller, plan.options)
        let request = try OutgoingRequest(
            own, to: candidate, from: exchange.head.headers, by: parts.addresses,
            restoring: { parts.thoughts.restore(&$0, for: caller.project.id) }, at: parts.clock.wall)
        try note(request.dropped, of: candidate, &operation)
        let number = try begin(candidate, index, started, &operation, isCall: request.isCall)
        let run = UpstreamAttempt(
            candidate: candidate, inquiry: own, options: options(for: candidate, at: started),
            reading: request.reading, started: started, clock: parts.clock,
            maximumAnswerBytes: parts.maximumAnswerBytes)
        var answer: Answer
        switch request.destination {
        case .none: return .whole(PlanRun.count(inquiry, &operation))
        case .sandbox(let model, let body):
            answer = try await run.callSandbox(model, body: body, state: parts.sandbox, &operation)
        case .upstream(let request, let further):
            answer = try await send(request, further, run, number, &operation)
        }
        if case .stream(var stream) = answer {
            try await stream.prime(priming, limit: parts.maximumAnswerBytes, clock: parts.clock, own, &operation)
            answer = .stream(stream)
        }
        return answer
    }

    private func send(
        _ request: UpstreamRequest, _ further: [UpstreamRequest], _ run: UpstreamAttempt, _ number: Int,
        _ operation: inout Operation
    ) async throws(Failure) -> Answer {
        let makeCall = {
            let call = parts.upstream.makeCall(on: exchange.eventLoop)
            if plan.options.onDisconnect == .cancel { exchange.onClientGone { call.cancel() } }
            stop?.watch(call)
            return call
        }
        do throws(Failure) {
            if case .embeddings = run.reading {
                return try await run.callEach([request] + further, by: makeCall, &operation)
            }
            return try await run.call(makeCall(), request, &operation)
        } catch {
            let last = operation.record.attempts.count - 1
            if stop?.isStopped == true {
                operation.record.attempts[last].reason = "another member answered first"
            }
            guard exchange.isCutOff else { throw error }
            operation.record.attempts[last].reason = UpstreamVerdict.stopping.reason
            throw UpstreamVerdict.stopping.failure
        }
    }

    /// Writes down that a call is about to be made.
    private func begin(
        _ candidate: Plan.Candidate, _ index: Int, _ started: UInt64, _ operation: inout Operation, isCall: Bool
    ) throws(Failure) -> Int {
        operation.record.provider = candidate.provider.name
        operation.record.model = candidate.model
        operation.mark(index, .tried)
        guard isCall else { return 0 }
        let number = operation.nextNumber()
        operation.record.trace?.decision = "attempt \(number)"
        try parts.gate(candidate, number: number, inquiry, plan.options, &operation)
        operation.record.attempts.append(
            AttemptRecord(
                number: number, providerID: candidate.provider.id, provider: candidate.provider.name,
                model: candidate.model, outcome: .cancelled, startedMilliseconds: operation.milliseconds(at: started)))
        return number
    }

    /// The plan's settings for one attempt: no phase may last longer than the operation. A stream that has begun may
    /// go on to its own limit, since nothing could be tried in its place.
    private func options(for candidate: Plan.Candidate, at now: UInt64) -> RoutingConfig.Options {
        var options = plan.options
        if let firstByte = candidate.firstByteTimeout { options.timeouts.firstByte = firstByte }
        let left = Duration.nanoseconds(Int64(clamping: deadline > now ? deadline - now : 1))
        options.timeouts.connect = min(options.timeouts.connect, left)
        options.timeouts.firstByte = min(options.timeouts.firstByte, left)
        if !inquiry.isStream { options.timeouts.total = min(options.timeouts.total, left) }
        return options
    }

    /// Says in record and answer what the provider cannot express, or refuses where the config forbids to leave it out.
    private func note(
        _ dropped: [String], of candidate: Plan.Candidate, _ operation: inout Operation
    ) throws(Failure) {
        operation.record.trace?.dropped = dropped
        guard let first = dropped.first, !plan.options.allowsDropped else { return }
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
            body: AnthropicTokenCount.body(AnthropicTokenCount.estimate(inquiry.members)))
    }
}

extension OutgoingRequest {
    /// Whether somebody is asked.
    fileprivate var isCall: Bool { if case .none = destination { false } else { true } }
}

extension Operation {
    /// Writes into the trace what became of a candidate.
    mutating func mark(_ index: Int, _ verdict: DecisionTrace.Verdict) {
        guard let count = record.trace?.candidates.count, index < count else { return }
        record.trace?.candidates[index].verdict = verdict
    }
}
