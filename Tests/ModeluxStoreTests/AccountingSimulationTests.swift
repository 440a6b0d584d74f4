import Foundation
import Testing

@testable import ModeluxStore

/// `SEED=123` runs one seed; `SEEDS=10000` runs that many instead of 500.
struct AccountingSimulationTests {
    @Test(arguments: AccountingSimulation.Death.allCases)
    func `no answered operation is lost or counted twice, wherever it dies`(
        death: AccountingSimulation.Death
    ) throws {
        let environment = ProcessInfo.processInfo.environment
        let count = environment["SEEDS"].flatMap(UInt64.init) ?? 500
        let seeds = environment["SEED"].flatMap(UInt64.init).map { $0...$0 } ?? 1...count
        for seed in seeds {
            var simulation = try AccountingSimulation(seed: seed, death: death)
            try simulation.run(steps: 160)
            guard !simulation.violations.isEmpty else { continue }
            let all = simulation.violations.prefix(5).joined(separator: "\n")
            Issue.record(
                """
                seed \(seed), death of \(death.rawValue): \(all)
                again: SEED=\(seed) swift test --filter AccountingSimulationTests
                """)
            return
        }
    }
}
