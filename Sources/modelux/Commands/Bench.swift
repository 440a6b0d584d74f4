import ArgumentParser
import CLinux
import Glibc
import ModeluxCore
import ModeluxStore

struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures what admission costs on this machine, without a network.",
        discussion: "Exit code 1 when a figure is over its bound.")

    @Flag(help: "Print JSON instead of a table.")
    var json = false

    func run() async throws {
        let rows = AdmissionBench.rows()
        if json {
            print(JSONTree.array(rows.map(\.json)).text)
        } else {
            let lines = rows.map { row in
                [row.name, Self.text(row.value) + " " + row.unit, Self.text(row.bound) + " " + row.unit]
            }
            print(TextTable(head: ["figure", "value", "bound"], rows: lines).text)
        }
        if rows.contains(where: { $0.value > $0.bound }) { throw ExitCode(1) }
    }

    fileprivate static func text(_ value: Double) -> String {
        Money(nanoUSD: Int64((value * 1000).rounded()) * 1_000_000).usdText
    }
}

/// Budgets beside a clock: what a request pays for them.
private enum AdmissionBench {
    struct Row {
        let name: String
        let value: Double
        let unit: String
        let bound: Double

        var json: JSONTree {
            .members([
                "name": .string(name), "value": .number(Bench.text(value)), "unit": .string(unit),
                "bound": .number(Bench.text(bound)),
            ])
        }
    }

    private static let now = Timestamp(microseconds: 1_777_593_600_000_000)
    private static let provider = Identifier("prov_aaaaaaaaaaaaaaaaaaaa")
    private static let demand = BudgetDemand(Money(nanoUSD: 1000), at: provider)

    static func rows() -> [Row] {
        let ten = nanoseconds(ofReserving: 20_000, with: tenBudgets) { _ in tenSubjects }
        let none = nanoseconds(ofReserving: 20_000, with: []) { _ in tenSubjects }
        let (one, megabytes, many) = manySubjects(100_000)
        return [
            Row(name: "admission with 10 matching budgets", value: ten / 1000, unit: "µs", bound: 3),
            Row(name: "admission without budgets", value: none / 1000, unit: "µs", bound: 1),
            Row(name: "memory of 100,000 subjects", value: megabytes, unit: "MB", bound: 100),
            Row(
                name: "admission with 100,000 subjects, beside one", value: many / max(one, 1), unit: "times", bound: 3),
        ]
    }

    /// The median of the rounds, of holding alone; what is held is settled outside the clock.
    private static func nanoseconds(
        ofReserving count: Int, with budgets: [Budget], _ subjects: (Int) -> BudgetSubjects
    ) -> Double {
        var ledger = BudgetLedger()
        ledger.configure(budgets, at: now)
        return (0..<9).map { round in
            var elapsed = 0.0
            for start in stride(from: 0, to: count, by: 500) {
                let callers = (start..<start + 500).map(subjects)
                elapsed += time {
                    for (number, caller) in callers.enumerated() {
                        _ = ledger.reserve(id(number), for: caller, demand: demand, at: now)
                    }
                }
                for number in callers.indices { _ = ledger.settle(id(number), charges: [(provider, .zero)]) }
            }
            return elapsed / Double(count)
        }.sorted()[4]
    }

    /// Nanoseconds with one subject, megabytes of many, nanoseconds with many.
    private static func manySubjects(_ count: Int) -> (one: Double, megabytes: Double, many: Double) {
        let budgets = [
            Budget(
                id: Identifier("bud_each"), name: "each", scope: BudgetScope(.endUser), cap: Money(dollars: 1),
                isPerSubject: true)
        ]
        func subjects(_ number: Int) -> BudgetSubjects {
            BudgetSubjects(projectID: nil, keyID: nil, endUser: "user-\(number)@example.org")
        }
        let one = nanoseconds(ofReserving: 20_000, with: budgets) { _ in subjects(1) }
        var ledger = BudgetLedger()
        ledger.configure(budgets, at: now)
        let before = residentMegabytes()
        for number in 0..<count {
            _ = ledger.reserve(id(number), for: subjects(number), demand: demand, at: now)
            _ = ledger.settle(id(number), charges: [(provider, Money(nanoUSD: 900))])
        }
        let megabytes = residentMegabytes() - before
        var many: [Double] = []
        for round in 0..<9 {
            let callers = (0..<500).map { subjects(($0 * 199 + round * 7919) % count) }
            many.append(
                time {
                    for (number, caller) in callers.enumerated() {
                        _ = ledger.reserve(id(number), for: caller, demand: demand, at: now)
                    }
                } / 500)
            for number in callers.indices { _ = ledger.settle(id(number), charges: [(provider, .zero)]) }
        }
        return (one, megabytes, many.sorted()[4])
    }

    private static let tenSubjects: BudgetSubjects = {
        var tags = Tags()
        for key in ["team", "env", "run"] { try? tags.set(key, to: "value-of-a-usual-length") }
        return BudgetSubjects(
            projectID: Identifier("proj_aaaaaaaaaaaaaaaaaaaa"), keyID: Identifier("key_aaaaaaaaaaaaaaaaaaaa"),
            endUser: "somebody@example.org", tags: tags, config: "production")
    }()

    private static var tenBudgets: [Budget] {
        let scopes: [(BudgetScope, Bool)] = [
            (.organization, false), (BudgetScope(.project, subject: "proj_aaaaaaaaaaaaaaaaaaaa"), false),
            (BudgetScope(.key, subject: "key_aaaaaaaaaaaaaaaaaaaa"), false), (BudgetScope(.endUser), true),
            (BudgetScope(.endUser, subject: "somebody@example.org"), false), (BudgetScope(.tag, tagKey: "team"), true),
            (BudgetScope(.tag, tagKey: "env", subject: "value-of-a-usual-length"), false),
            (BudgetScope(.tag, tagKey: "run"), false),
            (
                BudgetScope(
                    .config,
                    subject: BudgetScope.subject(ofConfig: "production", in: Identifier("proj_aaaaaaaaaaaaaaaaaaaa"))),
                false
            ), (BudgetScope(.provider, subject: provider.text), false),
        ]
        return scopes.enumerated().map { number, scope in
            Budget(
                id: Identifier("bud_\(number)"), name: "b\(number)", scope: scope.0, cap: Money(dollars: 1000),
                isPerSubject: scope.1)
        }
    }

    private static func id(_ number: Int) -> RequestID { RequestID(high: UInt64(number), low: 1) }

    /// Nanoseconds of this thread's own work: what else the machine does is not counted.
    private static func time(_ body: () -> Void) -> Double {
        let begun = modelux_thread_nanoseconds()
        body()
        return Double(modelux_thread_nanoseconds() - begun)
    }

    private static func residentMegabytes() -> Double {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0
        return pages * 4096 / 1_000_000
    }
}
