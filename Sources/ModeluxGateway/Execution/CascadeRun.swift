import ModeluxCore
import ModeluxHTTP
import ModeluxWire
import NIOCore

extension PlanRun {
    /// Cheap first: an answer that is not accepted is paid and left, and the next step is taken. Answers are read to
    /// their ends first, so that what the caller gets is one answer and never the beginnings of several.
    func cascade(_ steps: [Plan.CascadeStep], _ operation: inout Operation) async throws(Failure) -> Answer {
        var last: Result<Answer, Failure>?
        for (index, step) in steps.enumerated() {
            guard parts.clock.monotonic() < deadline || last == nil else { break }
            do throws(Failure) {
                let priming: Priming = step.accept == nil ? usualPriming : .end
                let answer = try await perform(step.node, priming, &operation)
                let place = operation.record.attempts.indices.last
                guard let objection = try await objection(to: answer, step, &operation) else { return answer }
                last = .success(answer)
                refuse(answer, objection, &operation, at: place, isGiven: index == steps.count - 1)
            } catch {
                last = .failure(error)
                guard ![.clientGone, .overloaded].contains(error.kind) else { throw error }
            }
        }
        switch last {
        case .success(let answer)?:
            // Nothing better came: the last answer is better than none.
            operation.record.trace?.reason = "no answer was accepted; the last one is given"
            return answer
        case .failure(let failure)?: throw failure
        case nil: throw Failure(.noHealthyProvider, "the cascade has no step that can be called")
        }
    }

    /// Why an answer is not accepted; nil when it is.
    func objection(
        to answer: Answer, _ step: Plan.CascadeStep, _ operation: inout Operation
    ) async throws(Failure) -> String? {
        guard let test = step.accept else { return nil }
        if case .whole(let whole) = answer, whole.status >= 300 { return "status \(whole.status)" }
        guard let content = content(of: answer, operation) else { return nil }
        if let objection = test.objection(to: content.text, finishReason: content.finishReason) { return objection }
        guard let judge = test.judge, let index = step.judge else { return nil }
        let question = AnswerContent.question(in: inquiry.body)
        let reply = try await ask(
            index, judge.acceptancePrompt(question: question, answer: content.text), &operation)
        return Judge.verdict(in: reply) == false ? "the judge says no" : nil
    }

    /// What an answer says; nil for one that has no text to read.
    func content(of answer: Answer, _ operation: Operation) -> AnswerContent? {
        switch answer {
        case .whole(let whole): AnswerContent(whole.body, operation.record.surface)
        case .stream(let stream): AnswerContent(events: stream.held, operation.record.surface)
        case .kept: nil
        }
    }

    /// Notes that an answer was paid and is not given. A stream that was read for it has its entry completed here.
    func refuse(_ answer: Answer, _ reason: String, _ operation: inout Operation, at place: Int?, isGiven: Bool) {
        guard !isGiven else { return }
        if case .stream(let stream) = answer {
            let verdict = UpstreamVerdict(.notAccepted, reason, Failure(.providerError, reason), mayHaveSpent: true)
            _ = stream.close(verdict, parts.clock, inquiry, &operation)
            return
        }
        guard let place, operation.record.attempts.indices.contains(place),
            operation.record.attempts[place].outcome == .success
        else { return }
        operation.record.attempts[place].outcome = .notAccepted
        operation.record.attempts[place].reason = reason
    }

    /// Asks a judge; the answer's text. A judge that fails says nothing.
    func ask(_ index: Int, _ prompt: String, _ operation: inout Operation) async throws(Failure) -> String {
        var json = JSONText()
        json.object { json in
            json.member("model", plan.candidates.indices.contains(index) ? plan.candidates[index].name : "")
            json.key("messages")
            json.array { json in
                json.object { json in
                    json.member("role", "user")
                    json.member("content", prompt)
                }
            }
        }
        let body = ByteBuffer(bytes: json.bytes)
        var judging = self
        judging.inquiry = try Inquiry(
            endpoint: .chatCompletions, body: body, members: InquiryHead.read(body, endpoint: .chat))
        let given = (operation.record.provider, operation.record.model, operation.record.status)
        let surface = operation.record.surface
        operation.record.surface = .openai
        defer {
            operation.record.surface = surface
            (operation.record.provider, operation.record.model, operation.record.status) = given
        }
        do throws(Failure) {
            let answer = try await judging.sequence(.attempt(index), .none, &operation)
            guard case .whole(let whole) = answer, whole.status == 200 else { return "" }
            return AnswerContent(whole.body, .openai).text
        } catch {
            guard ![.clientGone, .overloaded].contains(error.kind) else { throw error }
            operation.beginAttempt()
            return ""
        }
    }
}
