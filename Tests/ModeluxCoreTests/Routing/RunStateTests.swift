import ModeluxCore
import Testing

struct RunStateTests {
    private static func run(
        _ targets: Int, retries: Int = 0, causes: RetryRules.Causes = .usual, deadline: Duration = .seconds(60),
        _ reports: [RunState.Report]
    ) -> (calls: [Int], waits: [Duration], ending: RunState.Ending?) {
        let rules = RetryRules(causes: causes, retriesPerTarget: retries)
        var state = RunState(
            .sequence((0..<targets).map(Plan.Node.attempt), rules), deadline: deadline.nanoseconds)
        var now: UInt64 = 0
        var calls: [Int] = []
        var waits: [Duration] = []
        var rest = reports[...]
        var action = state.begin(at: now)
        while true {
            switch action {
            case .call(let leaf, _):
                calls.append(leaf)
                now += 1_000_000_000
                guard let report = rest.popFirst() else { return (calls, waits, nil) }
                action = state.next(after: report, at: now, random: 0)
            case .wait(let pause):
                waits.append(pause)
                now += pause.nanoseconds
                action = state.resume(at: now)
            case .finish(let ending): return (calls, waits, ending)
            }
        }
    }

    private typealias Report = RunState.Report

    @Test(arguments: [
        ([Report(.success)], [0], RunState.Ending.answered),
        ([Report(.serverError, status: 500), Report(.success)], [0, 1], .answered),
        ([Report(.serverError, status: 529), Report(.success)], [0, 1], .answered),
        ([Report(.rateLimited, status: 429), Report(.success)], [0, 1], .answered),
        ([Report(.timeout), Report(.success)], [0, 1], .answered),
        ([Report(.connectionError), Report(.success)], [0, 1], .answered),
        ([Report(.authError, status: 401), Report(.success)], [0, 1], .answered),
        ([Report(.authError, status: 403), Report(.success)], [0, 1], .answered),
        ([Report(.invalidRequest, status: 408), Report(.success)], [0, 1], .answered),
        ([Report(.invalidRequest, status: 409), Report(.success)], [0, 1], .answered),
        ([Report(.invalidRequest, status: 400)], [0], .final),
        ([Report(.invalidRequest, status: 404)], [0], .final),
        ([Report(.invalidRequest, status: 422)], [0], .final),
        ([Report(.cancelled)], [0], .final),
        ([Report(.serverError, isCommitted: true)], [0], .final),
        ([Report(.timeout, isCommitted: true)], [0], .final),
        ([Report(.timeout), Report(.timeout), Report(.timeout)], [0, 1, 2], .exhausted),
        ([Report(.timeout), Report(.invalidRequest, status: 400)], [0, 1], .final),
        ([.skipped, Report(.success)], [0, 1], .answered),
        ([.skipped, .skipped, .skipped, Report(.success)], [0, 1, 2, 0], .answered),
        ([.skipped, .skipped, .skipped, Report(.timeout), Report(.success)], [0, 1, 2, 0, 1], .answered),
        ([Report(.timeout), .skipped, .skipped], [0, 1, 2], .exhausted),
    ])
    private func `a failure moves on where another target may help`(
        reports: [Report], calls: [Int], ending: RunState.Ending
    ) {
        let run = Self.run(3, reports)
        #expect(run.calls == calls && run.ending == ending)
    }

    @Test func `causes that are not named do not move on`() {
        #expect(Self.run(2, causes: [.timeout], [Report(.serverError, status: 500)]).ending == .final)
        #expect(Self.run(2, causes: [.timeout], [Report(.timeout), Report(.success)]).ending == .answered)
        #expect(Self.run(2, causes: [], [Report(.authError, status: 401), Report(.success)]).calls == [0, 1])
    }

    @Test func `retries stay at the target, with growing pauses`() {
        let failure = Report(.serverError, status: 500)
        let run = Self.run(2, retries: 2, [failure, failure, failure, Report(.success)])
        #expect(run.calls == [0, 0, 0, 1] && run.ending == .answered)
        #expect(run.waits == [.milliseconds(125), .milliseconds(250)])
        #expect(Self.run(2, retries: 2, [Report(.authError, status: 401), Report(.success)]).calls == [0, 1])
    }

    @Test func `retry-after is kept where it fits the deadline, else the next target is taken`() {
        let limited = Report(.rateLimited, status: 429, retryAfter: .seconds(7))
        let fits = Self.run(2, retries: 1, [limited, Report(.success)])
        #expect(fits.calls == [0, 0] && fits.waits == [.seconds(7)])
        let late = Self.run(2, retries: 1, deadline: .seconds(5), [limited, Report(.success)])
        #expect(late.calls == [0, 1] && late.waits.isEmpty)
    }

    @Test func `the deadline ends it`() {
        let run = Self.run(9, deadline: .seconds(3), Array(repeating: Report(.timeout), count: 9))
        #expect(run.calls.count == 3 && run.ending == .deadline)
    }

    @Test func `one attempt budget for the whole operation`() {
        let many = Self.run(
            9, retries: 9, deadline: .seconds(3600), Array(repeating: Report(.serverError, status: 500), count: 99))
        #expect(many.calls.count == Plan.mostAttempts && many.ending == .noAttemptsLeft)
    }

    @Test func `a group that gives up hands over to the group around it`() {
        let strict = RetryRules(causes: [.timeout])
        let node = Plan.Node.sequence(
            [.sequence([.attempt(0), .attempt(1)], strict), .attempt(2)], RetryRules())
        var state = RunState(node, deadline: .max)
        #expect(state.begin(at: 0) == .call(leaf: 0, isForced: false))
        // The inner group does not move on after a 500, the outer one does.
        #expect(
            state.next(after: Report(.serverError, status: 500), at: 1, random: 0) == .call(leaf: 2, isForced: false))
        #expect(state.next(after: Report(.timeout), at: 2, random: 0) == .finish(.exhausted))
    }

    @Test func `random runs keep every promise`() throws {
        var generator = SeededGenerator(seed: 21)
        let outcomes: [AttemptRecord.Outcome] = [
            .success, .timeout, .rateLimited, .serverError, .connectionError, .authError, .invalidRequest, .notAccepted,
            .cancelled,
        ]
        for _ in 0..<20_000 {
            let node = Self.randomNode(depth: 3, &generator)
            let deadline = UInt64.random(in: 0...20_000_000_000, using: &generator)
            var state = RunState(node, deadline: deadline)
            var now: UInt64 = 0
            var attempts = 0
            var turns = 0
            var hasEnded = false
            var action = state.begin(at: now)
            loop: while turns < 200 {
                turns += 1
                switch action {
                case .call(let leaf, _):
                    #expect(!hasEnded && now < deadline && state.leaves.indices.contains(leaf))
                    var report = RunState.Report(outcomes.randomElement(using: &generator) ?? .timeout)
                    report.status = [nil, 400, 408, 429, 500, 529].randomElement(using: &generator) ?? nil
                    report.isSkipped = Int.random(in: 0..<5, using: &generator) == 0
                    report.isCommitted = Int.random(in: 0..<20, using: &generator) == 0
                    if Bool.random(using: &generator) { report.retryAfter = .seconds(Int.random(in: 0...90)) }
                    if !report.isSkipped { attempts += 1 }
                    hasEnded = !report.isSkipped && (report.outcome == .success || report.isCommitted)
                    now += UInt64.random(in: 0...3_000_000_000, using: &generator)
                    action = state.next(after: report, at: now, random: generator.next())
                case .wait(let pause):
                    #expect(now &+ pause.nanoseconds < deadline)
                    now += pause.nanoseconds
                    action = state.resume(at: now)
                case .finish: break loop
                }
            }
            #expect(turns < 200, "the run does not end")
            #expect(attempts <= Plan.mostAttempts)
        }
    }

    private static func randomNode(depth: Int, _ generator: inout SeededGenerator) -> Plan.Node {
        guard depth > 0, Int.random(in: 0..<3, using: &generator) > 0 else { return .attempt(0) }
        let rules = RetryRules(
            causes: RetryRules.Causes(rawValue: UInt8.random(in: 0...31, using: &generator)),
            retriesPerTarget: Int.random(in: 0...3, using: &generator),
            backoff: .milliseconds(Int.random(in: 0...2000, using: &generator)))
        return .sequence(
            (0..<Int.random(in: 0...4, using: &generator)).map { _ in randomNode(depth: depth - 1, &generator) }, rules)
    }
}
