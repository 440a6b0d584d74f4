import ModeluxCore
import ModeluxHTTP
import NIOCore

/// How one member of an ensemble ended, with the part of the account that is its own.
struct MemberEnd: Sendable {
    let index: Int
    let result: Result<Answer, Failure>
    let operation: Operation
}

extension PlanRun {
    /// All at once. Each member keeps an account of its own, so that none waits for another; together they become the
    /// operation's. Who is no longer needed is cancelled at the provider at once, and paid for what it has done.
    func ensemble(
        _ ensemble: Plan.EnsembleRun, _ priming: Priming, _ operation: inout Operation
    ) async throws(Failure) -> Answer {
        var shared = operation
        shared.numbers = operation.numbers ?? AttemptNumbers(after: operation.record.attempts.count)
        shared.record.attempts = []
        shared.hold.begun = []
        shared.hold.shared = operation.hold.shared ?? operation.hold.demand.map(SharedHold.init)
        for call in operation.hold.begun {
            let cost = operation.record.attempts.first { $0.number == call.number }?.cost.total
            shared.hold.shared?.note(call.number, call.providerID, cost ?? call.cost)
        }
        shared.waited = 0
        let start = parts.clock.monotonic()
        let limit = ensemble.timeout.map { start &+ $0.nanoseconds } ?? .max
        let stops = ensemble.members.map { _ in CallStop() }
        let blank = shared
        let members = ensemble.members.enumerated().map { index, member in
            var run = self
            run.stop = stops[index]
            run.deadline = min(deadline, limit)
            return (index, run, member.node)
        }
        // A stream is judged by its beginning, or by the whole where the whole is tested.
        let needsEnd = if case .firstValid(nil) = ensemble.aggregation { false } else { true }
        let memberPriming: Priming = needsEnd ? .end : .content
        let (ends, winner) = await withTaskGroup(of: MemberEnd.self) { group in
            for (index, run, node) in members {
                group.addTask { await run.member(index, node, memberPriming, blank) }
            }
            var ends: [MemberEnd] = []
            var winner: Int?
            while let end = await group.next() {
                ends.append(end)
                if winner == nil, accepts(end, ensemble) {
                    winner = end.index
                    for (index, stop) in stops.enumerated() where index != end.index { stop.stop() }
                    group.cancelAll()
                }
            }
            return (ends, winner)
        }
        operation.waited += parts.clock.monotonic() &- start
        if let held = shared.hold.shared { operation.hold.demand = held.demand }
        return try await settle(ends, winner, ensemble, &operation)
    }

    /// One member's run.
    private func member(_ index: Int, _ node: Plan.Node, _ priming: Priming, _ blank: Operation) async -> MemberEnd {
        var own = blank
        do throws(Failure) {
            let answer = try await perform(node, priming, &own)
            return MemberEnd(index: index, result: .success(answer), operation: own)
        } catch {
            return MemberEnd(index: index, result: .failure(error), operation: own)
        }
    }

    /// Whether the first valid answer has come.
    private func accepts(_ end: MemberEnd, _ ensemble: Plan.EnsembleRun) -> Bool {
        guard case .firstValid(let test) = ensemble.aggregation, case .success(let answer) = end.result else {
            return false
        }
        if case .whole(let whole) = answer, whole.status >= 300 { return false }
        guard let test, let content = content(of: answer, end.operation) else { return true }
        return test.objection(to: content.text, finishReason: content.finishReason) == nil
    }

    /// A member's answer, with the number of the attempt that gave it.
    struct MemberAnswer {
        let member: Int
        let number: Int
        var answer: Answer
        let content: AnswerContent
    }

    /// Joins the members' accounts and makes one answer of theirs.
    private func settle(
        _ ends: [MemberEnd], _ winner: Int?, _ ensemble: Plan.EnsembleRun, _ operation: inout Operation
    ) async throws(Failure) -> Answer {
        var answers: [MemberAnswer] = []
        var failure: Failure?
        for end in ends.sorted(by: { $0.index < $1.index }) {
            let base = operation.record.attempts.count
            operation.absorb(end.operation)
            switch end.result {
            case .failure(let problem): if failure == nil || problem.kind != .clientGone { failure = problem }
            case .success(let answer):
                let isLoser = winner != nil && winner != end.index
                if let kept = keep(answer, of: end, base, isLoser: isLoser, &operation) { answers.append(kept) }
            }
        }
        operation.record.attempts.sort { $0.number < $1.number }
        guard !exchange.isClientGone else { throw Failure(.clientGone, "the client left before the answer") }
        guard answers.count >= max(1, winner == nil ? ensemble.minimumMembers : 1) else {
            throw failure
                ?? Failure(
                    .providerError,
                    "only \(answers.count) of the ensemble's members answered, and \(ensemble.minimumMembers) are needed"
                )
        }
        return try await choose(answers, winner, ensemble, &operation)
    }

    /// A member's answer, if it may still be given; a stream that may not is ended.
    private func keep(
        _ answer: Answer, of end: MemberEnd, _ base: Int, isLoser: Bool, _ operation: inout Operation
    ) -> MemberAnswer? {
        var answer = answer
        var place = operation.record.attempts.count - 1
        if case .stream(var stream) = answer {
            stream.attempt += base
            place = stream.attempt
            answer = .stream(stream)
            if isLoser {
                let verdict = UpstreamVerdict(
                    .cancelled, "another member answered first", Failure(.providerError, ""), mayHaveSpent: true)
                _ = stream.close(verdict, parts.clock, inquiry, &operation)
            }
        }
        if case .whole(let whole) = answer, whole.status >= 300 { return nil }
        guard !isLoser, operation.record.attempts.indices.contains(place),
            let content = content(of: answer, operation)
        else { return nil }
        return MemberAnswer(
            member: end.index, number: operation.record.attempts[place].number, answer: answer, content: content)
    }

    private func choose(
        _ answers: [MemberAnswer], _ winner: Int?, _ ensemble: Plan.EnsembleRun, _ operation: inout Operation
    ) async throws(Failure) -> Answer {
        let ballots = answers.map {
            Aggregate.Ballot(text: $0.content.text, weight: ensemble.members[$0.member].weight)
        }
        var chosen = 0
        var reason = "the first valid answer"
        var text: String?
        switch ensemble.aggregation {
        case .firstValid:
            guard winner != nil else {
                for answer in answers { refuse(answer.answer, "not valid", &operation, at: nil, isGiven: false) }
                throw Failure(.providerError, "no member of the ensemble gave a valid answer")
            }
        case .weightedVote:
            let vote = Aggregate.vote(ballots)
            chosen = vote?.winner ?? 0
            reason = "chosen by \(Int(((vote?.share ?? 1) * 100).rounded())) % of the weight"
        case .weightedAverage:
            guard let average = Aggregate.average(ballots) else {
                throw Failure(.providerError, "no member of the ensemble answered with a number")
            }
            chosen = average.nearest
            text = AnswerText.text(of: average.mean)
            reason = "the weighted mean of \(answers.count) answers"
        case .judge(let judge):
            guard answers.count > 1, let index = ensemble.judge else { break }
            let prompt = judge.choicePrompt(
                question: AnswerContent.question(in: inquiry.body), answers: answers.map(\.content.text))
            let choice = Judge.choice(in: try await ask(index, prompt, &operation), of: answers.count)
            chosen = choice ?? Aggregate.vote(ballots)?.winner ?? 0
            reason = choice == nil ? "the judge chose none; by vote" : "chosen by the judge"
        }
        return give(answers[chosen], reason, text, &operation)
    }

    /// The chosen answer as the operation's.
    private func give(
        _ chosen: MemberAnswer, _ reason: String, _ text: String?, _ operation: inout Operation
    ) -> Answer {
        operation.record.trace?.decision = "attempt \(chosen.number)"
        operation.record.trace?.reason = reason
        operation.beginAttempt()
        let place = operation.record.attempts.firstIndex { $0.number == chosen.number }
        if let place {
            operation.record.provider = operation.record.attempts[place].provider
            operation.record.model = operation.record.attempts[place].model
        }
        switch chosen.answer {
        case .whole(let whole):
            operation.record.status = whole.status
            guard let text else { return chosen.answer }
            return .whole(
                WholeAnswer(
                    status: whole.status, headers: whole.headers,
                    body: AnswerContent.replacing(textOf: whole.body, with: text, operation.record.surface)))
        case .stream(var stream):
            stream.attempt = place ?? stream.attempt
            return .stream(stream)
        case .kept: return chosen.answer
        }
    }
}
