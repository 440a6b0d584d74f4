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
    let health: HealthBoard
    let cache: ResponseCache
    let maximumAnswerBytes: Int

    /// Carries the plan out until something answers.
    /// - Throws: `Failure` of kind `providerError`, `providerTimeout`, `overloaded`, `unsupportedParameter`,
    ///   `noHealthyProvider` or `clientGone`.
    func callAsFunction(
        _ plan: Plan, _ inquiry: Inquiry, _ caller: Caller, _ exchange: ServerExchange, _ operation: inout Operation
    ) async throws(Failure) -> Answer {
        if let policy = plan.options.cache, let entry = lookUp(policy, plan, inquiry, caller, exchange, &operation) {
            return .kept(entry)
        }
        let run = PlanRun(
            parts: self, plan: plan, inquiry: inquiry, caller: caller, exchange: exchange,
            deadline: operation.started &+ plan.totalBudget.nanoseconds)
        let answer = try await run.perform(plan.root, run.usualPriming, &operation)
        PlanRun.explain(&operation)
        return answer
    }
}
