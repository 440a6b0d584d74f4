import Foundation
import Logging
import ModeluxCore

@testable import ModeluxStore

/// A folder of its own for one test, removed when the value goes away.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "/modelux-store-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A generator that gives the same numbers for the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

/// A logger that says nothing.
let quietLogger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// 2026-05-01T10:00:00Z.
let someMoment = Timestamp(microseconds: 1_777_629_600_000_000)

enum Fixture {
    static let project = Identifier("proj_aaaaaaaaaaaaaaaaaaaa")
    static let key = Identifier("key_bbbbbbbbbbbbbbbbbbbb")
    static let provider = Identifier("prov_cccccccccccccccccccc")

    /// An id for `moment`, different for each `number`.
    static func id(_ number: UInt64, at moment: Timestamp = someMoment) -> RequestID {
        var generator = SeededGenerator(seed: number)
        return RequestID(at: moment, using: &generator)
    }

    static func intent(_ id: RequestID, attempt: Int = 1, hold: Int64 = 5000) -> LedgerIntent {
        LedgerIntent(
            requestID: id, attempt: attempt, createdAt: id.timestamp, projectID: project, keyID: key,
            providerID: provider, provider: "openai", model: "gpt-4o-mini", hold: Money(nanoUSD: hold),
            priceID: "openai/gpt-4o-mini@2024-07-18")
    }

    static func attempt(_ number: Int = 1, cost: Int64 = 1234) -> AttemptRecord {
        AttemptRecord(
            number: number, providerID: provider, provider: "openai", model: "gpt-4o-mini", outcome: .success,
            status: 200, startedMilliseconds: 0.412, firstByteMilliseconds: 12.5, durationMilliseconds: 40.125,
            usage: Usage(input: 12, cachedInput: 3, output: 30, reasoning: 5),
            cost: Cost(
                input: Money(nanoUSD: cost / 2), output: Money(nanoUSD: cost - cost / 2),
                priceID: "openai/gpt-4o-mini@2024-07-18"),
            serviceTier: "default", reason: "answered")
    }

    static func record(_ id: RequestID, attempts: [AttemptRecord] = [attempt()]) -> RequestRecord {
        RequestRecord(
            requestID: id, createdAt: id.timestamp, projectID: project, keyID: key, endpoint: "chat/completions",
            isStream: true, requestedModel: "@default", provider: attempts.last?.provider,
            model: attempts.last?.model, config: Plan.ConfigVersion(slug: "default", version: 3), status: 200,
            attempts: attempts,
            trace: DecisionTrace(
                resolution: .config, policy: "single",
                candidates: [
                    .init(
                        target: "openai/gpt-4o-mini", verdict: .tried, reason: "first",
                        expectedCost: Money(nanoUSD: 900))
                ], dropped: ["logit_bias"], decision: "attempt 1"),
            latency: .init(firstByteMilliseconds: 13.25, totalMilliseconds: 41.5, gatewayMilliseconds: 0.31),
            bodies: .stored)
    }
}
