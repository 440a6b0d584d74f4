import ModeluxCore
import ModeluxHTTP
import ModeluxWire
import NIOCore

/// How much of a stream is read before it counts as an answer. As long as nothing has gone to the caller, another
/// target can still be tried.
enum Priming {
    /// Nothing: its head is enough.
    case none
    /// Until there is something to send.
    case firstBytes
    /// Until the model has said something.
    case content
    /// To its end, so that the whole can be judged.
    case end

    /// Whether enough has been read.
    func isReached(by stream: StreamAnswer) -> Bool {
        let answer = stream.relay.answer
        return switch self {
        case .none: true
        case .firstBytes: stream.held.readableBytes > 0
        case .content: answer.outputTextBytes > 0 || answer.hasFinishReason
        case .end: false
        }
    }
}

extension StreamAnswer {
    /// Reads as much as is wanted and keeps it.
    /// - Throws: `Failure` when the stream breaks or turns out to be an error before that; the attempt's entry is then
    ///   complete.
    mutating func prime(
        _ priming: Priming, limit: Int, clock: OperationClock, _ inquiry: Inquiry, _ operation: inout Operation
    ) async throws(Failure) {
        while !priming.isReached(by: self), !relay.answer.isDone, !isAtEnd {
            let waitStart = clock.monotonic()
            do throws(UpstreamError) {
                let piece = try await source.next()
                operation.waited += clock.monotonic() &- waitStart
                isAtEnd = piece == nil
                try take(piece, limit: limit)
            } catch {
                operation.waited += clock.monotonic() &- waitStart
                let verdict = UpstreamVerdict(
                    error, provider: candidate.provider.name, timeouts: options.timeouts)
                throw close(verdict, clock, inquiry, &operation)
            }
            guard let problem else { continue }
            throw close(
                UpstreamVerdict(.serverError, problem.message, problem, mayHaveSpent: true), clock, inquiry, &operation)
        }
        let answer = relay.answer
        let isBroken = answer.hasError || isAtEnd && !answer.isComplete
        guard priming != .none, isBroken else { return }
        let reason = answer.hasError ? "the provider sent an error event" : "the stream ended without an end"
        let failure = Failure(.providerError, "provider \"\(candidate.provider.name)\": \(reason)")
        throw close(UpstreamVerdict(.serverError, reason, failure, mayHaveSpent: true), clock, inquiry, &operation)
    }

    private mutating func take(_ piece: ByteBuffer?, limit: Int) throws(UpstreamError) {
        do throws(Failure) {
            let bytes = if let piece { try relay.relay(piece) } else { try relay.finish() }
            held.writeImmutableBuffer(bytes)
        } catch {
            problem = error
        }
        guard held.readableBytes <= limit else { throw .tooLarge }
    }

    /// Ends the stream without an answer and completes its attempt's entry.
    func close(
        _ verdict: UpstreamVerdict, _ clock: OperationClock, _ inquiry: Inquiry, _ operation: inout Operation
    ) -> Failure {
        source.cancel()
        operation.record.attempts[attempt].durationMilliseconds = Double(clock.monotonic() &- started) / 1_000_000
        operation.record.attempts[attempt].outcome = verdict.outcome
        operation.record.attempts[attempt].reason = verdict.reason
        operation.bill(relay.answer, estimatingInput: inquiry.likelyInputTokens, to: attempt, at: candidate)
        return verdict.failure
    }
}
