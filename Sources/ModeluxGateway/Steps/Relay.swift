import ModeluxCore
import ModeluxHTTP
import ModeluxWire
import NIOCore

/// Step 7: the provider's bytes → the client's bytes, all but the last ones, with usage counted in passing.
///
/// The last bytes come back as the `Ending`, so that the operation is booked before they go out.
struct Relay {
    let clock: OperationClock
    let keptBodies: KeptBodies
    let thoughts: ThoughtStore
    let health: HealthBoard

    /// Relays an answer.
    func callAsFunction(
        _ answer: Answer, _ inquiry: Inquiry, to exchange: ServerExchange, _ operation: inout Operation
    ) async -> Ending {
        switch answer {
        case .whole(let whole):
            operation.keep(whole: whole.body)
            remember(whole.thoughts, operation)
            operation.record.latency.firstByteMilliseconds = operation.milliseconds(at: clock.monotonic())
            return .whole(whole)
        case .stream(let stream):
            return await relay(stream, inquiry, to: exchange, &operation)
        case .kept(let entry):
            return await repeatKept(entry, to: exchange, &operation)
        }
    }

    /// Gives an answer again that was kept.
    private func repeatKept(
        _ entry: ResponseCache.Entry, to exchange: ServerExchange, _ operation: inout Operation
    ) async -> Ending {
        var headers = HeaderBlock()
        headers.add("content-type", entry.contentType)
        operation.record.status = 200
        operation.record.provider = entry.provider
        operation.record.model = entry.model
        operation.record.latency.firstByteMilliseconds = operation.milliseconds(at: clock.monotonic())
        operation.keep(whole: entry.body)
        guard entry.isStream else {
            return .whole(WholeAnswer(status: 200, headers: headers, body: entry.body))
        }
        // The last event waits: the trace goes before it, and the booking before both.
        var events = entry.body
        let last = ResponseCache.lastEvent(of: events)
        let body = events.readSlice(length: events.readableBytes - last) ?? ByteBuffer()
        exchange.startStream(Ending.head(200, headers, operation))
        let waitStart = clock.monotonic()
        do throws(ExchangeError) {
            if body.readableBytes > 0 { try await exchange.write(body) }
        } catch {
            return gone(&operation)
        }
        operation.waited += clock.monotonic() &- waitStart
        return .stream(tail: events, head: nil)
    }

    private func relay(
        _ stream: StreamAnswer, _ inquiry: Inquiry, to exchange: ServerExchange, _ operation: inout Operation
    ) async -> Ending {
        var reader = stream.relay
        var hasStarted = false
        var isClientThere = true
        var breakage: UpstreamVerdict?
        if stream.held.readableBytes > 0 {
            hasStarted = true
            start(stream, exchange, &operation)
            operation.keep(stream.held, in: keptBodies)
            isClientThere = await send(stream.held, of: stream, to: exchange, &operation)
        }
        while !reader.answer.isDone, !stream.isAtEnd, isClientThere || stream.options.onDisconnect == .drain {
            if exchange.isCutOff {
                breakage = .stopping
                break
            }
            let waitStart = clock.monotonic()
            let piece: ByteBuffer?
            do throws(UpstreamError) {
                piece = try await stream.source.next()
                operation.waited += clock.monotonic() &- waitStart
            } catch {
                operation.waited += clock.monotonic() &- waitStart
                breakage =
                    exchange.isCutOff
                    ? .stopping
                    : UpstreamVerdict(
                        error, provider: stream.candidate.provider.name, timeouts: stream.options.timeouts)
                break
            }
            let forward: ByteBuffer
            do throws(Failure) {
                forward = if let piece { try reader.relay(piece) } else { try reader.finish() }
            } catch {
                breakage = UpstreamVerdict(.serverError, error.message, error, mayHaveSpent: true)
                break
            }
            guard forward.readableBytes > 0, isClientThere else {
                if piece == nil { break }
                continue
            }
            if !hasStarted {
                hasStarted = true
                start(stream, exchange, &operation)
            }
            operation.keep(forward, in: keptBodies)
            isClientThere = await send(forward, of: stream, to: exchange, &operation)
            if piece == nil || (!isClientThere && stream.options.onDisconnect == .cancel) { break }
        }
        let end = StreamEnd(
            hasStarted: hasStarted, isClientThere: isClientThere && !exchange.isClientGone, breakage: breakage)
        return finish(stream, reader, end, inquiry, &operation)
    }

    private func start(_ stream: StreamAnswer, _ exchange: ServerExchange, _ operation: inout Operation) {
        operation.record.status = 200
        operation.record.latency.firstByteMilliseconds = operation.milliseconds(at: clock.monotonic())
        exchange.startStream(Ending.head(200, stream.headers, operation))
    }

    /// Hands bytes to the client; false when it has gone.
    private func send(
        _ bytes: ByteBuffer, of stream: StreamAnswer, to exchange: ServerExchange, _ operation: inout Operation
    ) async -> Bool {
        let waitStart = clock.monotonic()
        do throws(ExchangeError) {
            try await exchange.write(bytes)
            operation.waited += clock.monotonic() &- waitStart
            return true
        } catch {
            operation.waited += clock.monotonic() &- waitStart
            return false
        }
    }

    private struct StreamEnd {
        let hasStarted: Bool
        let isClientThere: Bool
        let breakage: UpstreamVerdict?
    }

    /// Completes the attempt's entry and decides what goes out last.
    private func finish(
        _ stream: StreamAnswer, _ reader: any AnswerRelay, _ end: StreamEnd, _ inquiry: Inquiry,
        _ operation: inout Operation
    ) -> Ending {
        let answer = reader.answer
        let isWhole = answer.isComplete && end.breakage == nil
        if !isWhole || !end.isClientThere { stream.source.cancel() }
        var attempt = operation.record.attempts[stream.attempt]
        attempt.durationMilliseconds = Double(clock.monotonic() &- stream.started) / 1_000_000
        defer {
            operation.record.attempts[stream.attempt] = attempt
            operation.bill(
                answer, estimatingInput: inquiry.likelyInputTokens, to: stream.attempt, at: stream.candidate)
        }

        if isWhole {
            attempt.outcome = .success
            attempt.reason = end.isClientThere ? "answered" : "answered; the client had left"
            if !end.hasStarted {
                operation.record.status = 200
                operation.record.latency.firstByteMilliseconds = operation.milliseconds(at: clock.monotonic())
            }
            guard end.isClientThere else { return gone(&operation) }
            remember((reader as? TranslatedStream)?.thoughts, operation)
            operation.keep(reader.heldEnd, in: keptBodies)
            return .stream(tail: reader.heldEnd, head: end.hasStarted ? nil : stream.headers)
        }
        guard end.isClientThere else {
            attempt.outcome = .cancelled
            attempt.reason = "the client left"
            return gone(&operation)
        }
        let verdict =
            end.breakage
            ?? UpstreamVerdict(
                .resetMidBody("the stream ended without an end"), provider: stream.candidate.provider.name,
                timeouts: stream.options.timeouts)
        attempt.outcome = answer.hasError ? .serverError : verdict.outcome
        // Its head counted as a success.
        if attempt.outcome != .cancelled { health.record(.failure, of: stream.candidate) }
        attempt.reason = answer.hasError ? "the provider sent an error event" : verdict.reason
        operation.fail(verdict.failure)
        // The provider's own error event has gone out already; ours would be a second one.
        if answer.hasError, end.hasStarted { return .stream(tail: ByteBuffer(), head: nil) }
        return end.hasStarted ? .brokenStream(verdict.failure) : .failure(verdict.failure)
    }

    private func remember(_ parts: [ContentPart]?, _ operation: Operation) {
        guard let parts, let project = operation.record.projectID else { return }
        thoughts.keep(parts, for: project)
    }

    private func gone(_ operation: inout Operation) -> Ending {
        operation.fail(Failure(.clientGone, "the client left before the end"))
        operation.record.status = Failure.Kind.clientGone.status
        return .gone
    }
}
