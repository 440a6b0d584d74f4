import ModeluxCore

/// Records whose every field is drawn from a generator, strange values included.
enum RandomRecord {
    static func intent(using generator: inout SeededGenerator) -> LedgerIntent {
        var tags = Tags()
        for _ in 0..<Int.random(in: 0...3, using: &generator) {
            try? tags.set(text(using: &generator), to: text(using: &generator))
        }
        return LedgerIntent(
            requestID: RequestID(high: generator.next(), low: generator.next()),
            attempt: Int(truncatingIfNeeded: generator.next() >> 50), createdAt: moment(using: &generator),
            projectID: Identifier(text(using: &generator)), keyID: Identifier(text(using: &generator)),
            providerID: Identifier(text(using: &generator)), provider: text(using: &generator),
            model: text(using: &generator), hold: Money(nanoUSD: number(using: &generator)),
            priceID: optionalText(using: &generator), endUser: optionalText(using: &generator), tags: tags,
            config: optionalText(using: &generator).map { Plan.ConfigVersion(slug: $0, version: 3) })
    }

    static func record(using generator: inout SeededGenerator) -> RequestRecord {
        var record = RequestRecord(
            requestID: RequestID(high: generator.next(), low: generator.next()), createdAt: moment(using: &generator),
            projectID: optionalText(using: &generator).map { Identifier($0) },
            keyID: optionalText(using: &generator).map { Identifier($0) },
            surface: Bool.random(using: &generator) ? .openai : .anthropic, endpoint: text(using: &generator),
            isStream: Bool.random(using: &generator), requestedModel: text(using: &generator),
            provider: optionalText(using: &generator), model: optionalText(using: &generator),
            config: optionalText(using: &generator).map { Plan.ConfigVersion(slug: $0, version: 7) },
            status: Int.random(in: -1...599, using: &generator), errorCode: optionalText(using: &generator),
            errorMessage: optionalText(using: &generator), endUser: optionalText(using: &generator),
            traceID: optionalText(using: &generator), conversationID: optionalText(using: &generator),
            sdk: optionalText(using: &generator))
        record.attempts = (0..<Int.random(in: 0...4, using: &generator)).map { attempt($0, using: &generator) }
        for _ in 0..<Int.random(in: 0...3, using: &generator) {
            try? record.tags.set(text(using: &generator), to: text(using: &generator))
        }
        record.latency = .init(
            firstByteMilliseconds: Bool.random(using: &generator) ? milliseconds(using: &generator) : nil,
            totalMilliseconds: milliseconds(using: &generator), gatewayMilliseconds: milliseconds(using: &generator))
        record.bodies = [.stored, .off, .shed][Int.random(in: 0..<3, using: &generator)]
        if Bool.random(using: &generator) { record.trace = trace(using: &generator) }
        return record
    }

    /// A record whose texts are all `text` and whose numbers take the most bytes.
    static func longest(text: String, attempts count: Int) -> RequestRecord {
        let usage = Usage(
            input: .min, cachedInput: .min, cacheWrite5m: .min, cacheWrite1h: .min, output: .min, reasoning: .min,
            audioInput: .min, audioOutput: .min, images: .min, requests: .min, isEstimated: true)
        let most = Money(nanoUSD: .min)
        let attempt = AttemptRecord(
            number: 1, providerID: Identifier(text), provider: text, model: text, outcome: .cancelled, status: 599,
            startedMilliseconds: -9e12, firstByteMilliseconds: -9e12, durationMilliseconds: -9e12, usage: usage,
            cost: Cost(
                input: most, cachedInput: most, cacheWrite: most, output: most, other: most,
                priceID: String(text.prefix(128))), serviceTier: text, reason: text)
        return RequestRecord(
            requestID: RequestID(high: .max, low: .max), createdAt: Timestamp(microseconds: .min),
            projectID: Identifier(text), keyID: Identifier(text), endpoint: text, isStream: true, requestedModel: text,
            provider: text, model: text, config: .init(slug: text, version: .min), status: .min, errorCode: text,
            errorMessage: text, endUser: text, traceID: text, conversationID: text, sdk: text,
            attempts: Array(repeating: attempt, count: count),
            trace: DecisionTrace(
                resolution: .config, policy: text,
                candidates: Array(
                    repeating: .init(target: text, verdict: .unused, reason: text, expectedCost: most), count: 70),
                dropped: Array(repeating: text, count: 70), decision: text),
            latency: .init(firstByteMilliseconds: -9e12, totalMilliseconds: -9e12, gatewayMilliseconds: -9e12))
    }

    private static func attempt(_ index: Int, using generator: inout SeededGenerator) -> AttemptRecord {
        AttemptRecord(
            number: index + 1, providerID: Identifier(text(using: &generator)), provider: text(using: &generator),
            model: text(using: &generator),
            outcome: AttemptRecord.Outcome.allCases.randomElement(using: &generator) ?? .success,
            status: Bool.random(using: &generator) ? Int.random(in: 100...599, using: &generator) : nil,
            startedMilliseconds: milliseconds(using: &generator),
            firstByteMilliseconds: Bool.random(using: &generator) ? milliseconds(using: &generator) : nil,
            durationMilliseconds: milliseconds(using: &generator),
            usage: Usage(
                input: number(using: &generator), cachedInput: number(using: &generator),
                cacheWrite5m: number(using: &generator), cacheWrite1h: number(using: &generator),
                output: number(using: &generator), reasoning: number(using: &generator),
                audioInput: number(using: &generator), audioOutput: number(using: &generator),
                images: number(using: &generator), requests: number(using: &generator),
                isEstimated: Bool.random(using: &generator)),
            cost: Cost(
                input: Money(nanoUSD: number(using: &generator)),
                cachedInput: Money(nanoUSD: number(using: &generator)),
                cacheWrite: Money(nanoUSD: number(using: &generator)),
                output: Money(nanoUSD: number(using: &generator)),
                other: Money(nanoUSD: number(using: &generator)), priceID: optionalText(using: &generator)),
            serviceTier: optionalText(using: &generator), reason: text(using: &generator))
    }

    private static func trace(using generator: inout SeededGenerator) -> DecisionTrace {
        DecisionTrace(
            resolution: [.config, .direct, .auto][Int.random(in: 0..<3, using: &generator)],
            policy: optionalText(using: &generator),
            rules: (0..<Int.random(in: 0...2, using: &generator)).map { index in
                Plan.RuleOutcome(
                    index: index, condition: text(using: &generator), matched: Bool.random(using: &generator))
            },
            candidates: (0..<Int.random(in: 0...3, using: &generator)).map { _ in
                DecisionTrace.Candidate(
                    target: text(using: &generator),
                    verdict: [.tried, .skipped, .rejected, .unused][Int.random(in: 0..<4, using: &generator)],
                    reason: text(using: &generator),
                    expectedCost: Bool.random(using: &generator) ? Money(nanoUSD: number(using: &generator)) : nil,
                    medianMilliseconds: Bool.random(using: &generator) ? abs(milliseconds(using: &generator)) : nil)
            },
            cache: Bool.random(using: &generator)
                ? .init(mode: .exact, result: .hit, saved: Money(nanoUSD: number(using: &generator))) : nil,
            variant: optionalText(using: &generator),
            dropped: (0..<Int.random(in: 0...2, using: &generator)).map { _ in text(using: &generator) },
            budgets: (0..<Int.random(in: 0...2, using: &generator)).map { _ in
                DecisionTrace.BudgetLine(
                    name: text(using: &generator), subject: optionalText(using: &generator),
                    action: Budget.Action.allCases.randomElement(using: &generator) ?? .block,
                    isEnforced: Bool.random(using: &generator), spend: Money(nanoUSD: number(using: &generator)),
                    held: Money(nanoUSD: number(using: &generator)), cap: Money(nanoUSD: number(using: &generator)))
            },
            decision: text(using: &generator), reason: text(using: &generator))
    }

    private static func moment(using generator: inout SeededGenerator) -> Timestamp {
        Timestamp(microseconds: Int64(bitPattern: generator.next() >> 4))
    }

    private static func number(using generator: inout SeededGenerator) -> Int64 {
        Int64(bitPattern: generator.next()) >> Int64.random(in: 0...63, using: &generator)
    }

    private static func milliseconds(using generator: inout SeededGenerator) -> Double {
        Double(Int64.random(in: -5...10_000_000, using: &generator)) / 1000
    }

    private static func optionalText(using generator: inout SeededGenerator) -> String? {
        Bool.random(using: &generator) ? text(using: &generator) : nil
    }

    private static func text(using generator: inout SeededGenerator) -> String {
        let alphabet = Array("abc\"\\{}\u{0}\n é漢🎉")
        return String(
            (0..<Int.random(in: 0...12, using: &generator)).map { _ in
                alphabet.randomElement(using: &generator) ?? "a"
            })
    }
}
