import ModeluxCore
import ModeluxHTTP
import NIOCore

extension PlanRun {
    /// One after the other, until one answers: `RunState` decides, within one attempt budget and one deadline.
    func sequence(
        _ node: Plan.Node, _ priming: Priming, _ operation: inout Operation
    ) async throws(Failure) -> Answer {
        var state = RunState(node, deadline: deadline)
        var last: Result<Answer, Failure>?
        var action = state.begin(at: parts.clock.monotonic())
        while true {
            switch action {
            case .call(let leaf, let isForced):
                let (report, result) = await tryLeaf(state.leaves[leaf], isForced, priming, &operation)
                if let result { last = result }
                action = state.next(
                    after: report, at: parts.clock.monotonic(), random: random(operation))
            case .wait(let pause):
                guard await wait(pause, &operation) else {
                    throw Failure(.clientGone, "the client left before the answer")
                }
                action = state.resume(at: parts.clock.monotonic())
            case .finish(let ending): return try finish(last, ending, &operation)
            }
        }
    }

    private func finish(
        _ last: Result<Answer, Failure>?, _ ending: RunState.Ending, _ operation: inout Operation
    ) throws(Failure) -> Answer {
        if ending == .deadline, case .failure(let failure)? = last {
            let reason = "the operation's time of \(plan.totalBudget) is up"
            operation.record.trace?.reason = reason
            throw Failure(
                .providerTimeout, "\(reason); the last attempt: \(failure.message)",
                retryAfterSeconds: failure.retryAfterSeconds)
        }
        switch last {
        case .success(let answer)?: return answer
        case .failure(let failure)?: throw failure
        case nil: throw Failure(.providerTimeout, "the operation's time of \(plan.totalBudget) is up")
        }
    }

    /// Performs a leaf and says how it ended; nothing comes of one whose breaker says no.
    private func tryLeaf(
        _ leaf: Plan.Node, _ isForced: Bool, _ priming: Priming, _ operation: inout Operation
    ) async -> (RunState.Report, Result<Answer, Failure>?) {
        guard case .attempt(let index) = leaf else { return await tryNode(leaf, priming, &operation) }
        if !isForced, plan.candidates.indices.contains(index),
            parts.health.admit(plan.candidates[index].healthKey) == .refused
        {
            operation.mark(index, .skipped)
            return (.skipped, nil)
        }
        let before = operation.record.attempts.count
        do throws(Failure) {
            let answer = try await call(index, priming, &operation)
            return (report(on: answer, since: before, index, &operation), .success(answer))
        } catch {
            return (report(on: error, since: before, index, &operation), .failure(error))
        }
    }

    private func tryNode(
        _ node: Plan.Node, _ priming: Priming, _ operation: inout Operation
    ) async -> (RunState.Report, Result<Answer, Failure>?) {
        do throws(Failure) {
            let answer = try await perform(node, priming, &operation)
            return (RunState.Report(.success), .success(answer))
        } catch {
            let isFinal = [.clientGone, .overloaded].contains(error.kind)
            return (RunState.Report(isFinal ? .cancelled : .notAccepted), .failure(error))
        }
    }

    /// How an attempt that gave an answer ended: an error that a provider sent is an answer too.
    private func report(
        on answer: Answer, since before: Int, _ index: Int, _ operation: inout Operation
    ) -> RunState.Report {
        guard operation.record.attempts.count > before, let attempt = operation.record.attempts.last else {
            return RunState.Report(.success)
        }
        guard case .whole(let whole) = answer else {
            judge(.success(milliseconds: attempt.firstByteMilliseconds ?? 0), index, &operation)
            return RunState.Report(.success)
        }
        judge(HealthSample(attempt), index, &operation)
        let seconds = whole.headers.first("retry-after").flatMap { Int64($0) }
        return RunState.Report(
            attempt.outcome, status: attempt.status, retryAfter: seconds.map { .seconds(min(max($0, 0), 86_400)) })
    }

    private func report(
        on failure: Failure, since before: Int, _ index: Int, _ operation: inout Operation
    ) -> RunState.Report {
        guard operation.record.attempts.count > before, let attempt = operation.record.attempts.last else {
            // It could not even be called: another target may do, unless nothing can be booked or nobody is there.
            let isFinal = [.clientGone, .overloaded].contains(failure.kind)
            return RunState.Report(isFinal ? .cancelled : .notAccepted)
        }
        judge(HealthSample(attempt), index, &operation)
        return RunState.Report(
            attempt.outcome, status: attempt.status,
            retryAfter: failure.retryAfterSeconds.map { .seconds($0) })
    }

    /// Tells the health board of an attempt. A caller's own key says nothing about the operator's.
    private func judge(_ sample: HealthSample, _ index: Int, _ operation: inout Operation) {
        let isForeign = inquiry.providerKey != nil && (sample == .credentialRefused || sample == .modelRefused)
        parts.health.record(isForeign ? .neutral : sample, of: plan.candidates[index])
    }

    /// Waits; false when the caller has gone meanwhile, or the gateway stops.
    private func wait(_ pause: Duration, _ operation: inout Operation) async -> Bool {
        var left = pause
        let start = parts.clock.monotonic()
        while left > .zero, !exchange.isClientGone, !exchange.isCutOff, stop?.isStopped != true {
            let step = min(left, .milliseconds(250))
            try? await Task.sleep(for: step)
            left -= step
        }
        operation.waited += parts.clock.monotonic() &- start
        return !exchange.isClientGone && !exchange.isCutOff && stop?.isStopped != true
    }

    private func random(_ operation: Operation) -> UInt64 {
        (operation.record.requestID.low &+ UInt64(operation.record.attempts.count)) &* 0x9E37_79B9_7F4A_7C15
    }
}
