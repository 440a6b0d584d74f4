import ModeluxCore

@testable import ModeluxStore

/// One seeded life of the accounting: operations begin, settle, are drained, and the process or the power dies at any
/// point, again and again. Clock, disk, randomness and the outcome of every call are drawn from the seed; codec,
/// framing, scan, merge, replay and the ledger's SQL are the real ones.
struct AccountingSimulation {
    /// What dies.
    enum Death: String, CaseIterable, Sendable {
        case process, power
    }

    /// What the world outside knows of an operation.
    private struct Witness {
        var holds: [Int: Money] = [:]
        var costs: [Int: Money] = [:]
        /// The sequence of its record, once that was appended.
        var settledAt: UInt64?
        /// The caller has the whole answer, so that it must never be missing.
        var isAnswered = false
        /// Its process is gone: no record can come any more.
        var isOver = false
    }

    private let death: Death
    private let ledger: LedgerWriter
    private let connection: SQLiteConnection
    private var generator: SeededGenerator
    private var disk = SimulatedDisk()
    private var witnesses: [RequestID: Witness] = [:]
    private var open: [RequestID] = []
    private var now = someMoment
    private var nextID: UInt64 = 1
    // The drain's volatile state.
    private var merge = LedgerMerge()
    private var reader: (file: UInt64?, offset: Int, sequence: UInt64) = (nil, 0, 0)
    private(set) var violations: [String] = []

    init(seed: UInt64, death: Death) throws {
        self.death = death
        generator = SeededGenerator(seed: seed)
        connection = try SQLiteConnection(path: ":memory:", mode: .writing(.full))
        try LedgerFile.create(connection)
        ledger = try LedgerWriter(connection)
    }

    /// Lives through `steps` steps, then stops in the hard way once more, and looks at the ledger.
    mutating func run(steps: Int) throws {
        for _ in 0..<steps {
            now = now.advanced(byMicroseconds: Int64.random(in: 0...90_000_000, using: &generator))
            switch Int.random(in: 0..<100, using: &generator) {
            case 0..<35: begin()
            case 35..<45: retry()
            case 45..<75: settle()
            case 75..<80: appendWithoutIntent()
            case 80..<93: try drain()
            case 93..<96: sync()
            default: try crash()
            }
        }
        try crash()
        try verify()
    }

    // MARK: The gateway

    private mutating func begin() {
        let id = Fixture.id(nextID, at: now)
        nextID += 1
        witnesses[id] = Witness()
        open.append(id)
        announce(id, attempt: 1)
    }

    private mutating func retry() {
        guard let id = open.randomElement(using: &generator), let witness = witnesses[id] else { return }
        announce(id, attempt: witness.holds.count + 1)
    }

    private mutating func announce(_ id: RequestID, attempt: Int) {
        let hold = Int64.random(in: 1...1_000_000, using: &generator)
        disk.append(.intent, encode(Fixture.intent(id, attempt: attempt, hold: hold)))
        witnesses[id]?.holds[attempt] = Money(nanoUSD: hold)
    }

    private mutating func settle() {
        guard let index = open.indices.randomElement(using: &generator) else { return }
        let id = open.remove(at: index)
        guard var witness = witnesses[id] else { return }
        let attempts = witness.holds.keys.sorted().map { number in
            Fixture.attempt(number, cost: Int64.random(in: 0...1_000_000, using: &generator))
        }
        for attempt in attempts { witness.costs[attempt.number] = attempt.cost.total }
        disk.append(.record, RecordCodec.bytes(of: Fixture.record(id, attempts: attempts)))
        witness.settledAt = disk.sequence
        // Without a power cut to fear, the record in the page cache is enough to answer.
        witness.isAnswered = death == .process
        witnesses[id] = witness
    }

    /// A refused request: a record, no attempt, no money.
    private mutating func appendWithoutIntent() {
        disk.append(.record, RecordCodec.bytes(of: Fixture.record(Fixture.id(nextID, at: now), attempts: [])))
        nextID += 1
    }

    private mutating func sync() {
        disk.sync()
        for (id, witness) in witnesses where witness.settledAt != nil && !witness.isOver {
            witnesses[id]?.isAnswered = true
        }
    }

    // MARK: The drain

    private mutating func drain() throws {
        var batch = LedgerBatch(after: reader.sequence)
        var drained: UInt64?
        var budget = Int.random(in: 0...40, using: &generator)
        for (index, file) in disk.files.enumerated() {
            if let current = reader.file, file.number < current { continue }
            if reader.file != file.number { reader = (file.number, JournalFrame.segmentHeaderBytes, reader.sequence) }
            while budget > 0, reader.offset < file.offset, let entry = entry(in: file, at: reader.offset) {
                batch.take(entry.value, sequence: entry.sequence, merge: &merge)
                reader = (file.number, entry.end, entry.sequence)
                budget -= 1
            }
            guard reader.offset == file.offset, index < disk.files.count - 1 else { break }
            batch.hold(&merge)
            drained = file.number
        }
        if Int.random(in: 0..<12, using: &generator) == 0 { return try crash() }
        try ledger.write(batch)
        for (id, witness) in witnesses where !witness.isOver {
            if let settledAt = witness.settledAt, settledAt <= batch.sequence { witnesses[id]?.isAnswered = true }
        }
        if Int.random(in: 0..<12, using: &generator) == 0 { return try crash() }
        if let drained { disk.release(through: drained) }
        disk.drainedSequence = batch.sequence
    }

    private func entry(
        in file: SimulatedDisk.File, at offset: Int
    ) -> (value: JournalReader.Entry, sequence: UInt64, end: Int)? {
        file.memory.withUnsafeBytes { bytes in
            guard let found = JournalFrame.entry(in: bytes, at: offset),
                let value = JournalReader.Entry(found.kind, UnsafeRawBufferPointer(rebasing: bytes[found.payload]))
            else { return nil }
            return (value, found.sequence, found.end)
        }
    }

    // MARK: Death and recovery

    private mutating func crash() throws {
        if Bool.random(using: &generator) {
            // In the middle of an append that nobody was told of.
            let bytes = encode(Fixture.intent(Fixture.id(nextID, at: now)))
            nextID += 1
            disk.append(.intent, bytes, tornAt: Int.random(in: 0..<bytes.count, using: &generator))
        }
        switch death {
        case .process: disk.kill()
        case .power: disk.cutPower(using: &generator)
        }
        for id in witnesses.keys { witnesses[id]?.isOver = true }
        open = []
        // A start may die as well: after the ledger has been written, before the files are gone.
        while true {
            try recover()
            if Int.random(in: 0..<4, using: &generator) > 0 { break }
            if death == .power { disk.cutPower(using: &generator) }
        }
        disk.restart(after: try ledger.progress())
        merge = LedgerMerge()
        reader = (nil, 0, disk.sequence)
    }

    private mutating func recover() throws {
        let progress = try ledger.progress()
        var index = JournalIndex(progress: progress)
        for (position, file) in disk.files.enumerated() {
            _ = file.memory.withUnsafeBytes { index.add($0, segment: position) }
        }
        index.sort()
        if let lost = index.lostByLedger { violations.append("the ledger seems to have lost \(lost)") }
        if death == .process, !index.gaps.isEmpty { violations.append("entries are missing: \(index.gaps)") }
        var replay = LedgerReplay(progress: progress, held: try ledger.heldIntents())
        for place in index.places {
            let entry = disk.files[place.segment].memory.withUnsafeBytes { bytes in
                JournalReader.Entry(place.kind, UnsafeRawBufferPointer(rebasing: bytes[place.payload]))
            }
            guard let entry else {
                violations.append("entry \(place.sequence) cannot be decoded")
                continue
            }
            replay.take(entry, sequence: place.sequence)
        }
        _ = replay.finish(after: index.last)
        try ledger.write(replay.batch)
    }

    // MARK: Truth

    private mutating func verify() throws {
        let statement = try connection.prepare(
            "SELECT operation, attempt, state, total_nano_usd, held_nano_usd, estimated FROM attempts")
        var rows: [RequestID: [Int: (state: Int64, cost: Money, isEstimated: Bool)]] = [:]
        var total = Money.zero
        while try statement.step() {
            guard let id = statement.requestID(0) else { continue }
            let cost = Money(nanoUSD: statement.int(3))
            rows[id, default: [:]][Int(statement.int(1))] = (statement.int(2), cost, statement.int(5) != 0)
            total = total + cost
        }
        for (id, found) in rows {
            guard let witness = witnesses[id] else {
                violations.append("\(id) is in the ledger and never was")
                continue
            }
            check(id, witness, found)
        }
        for (id, witness) in witnesses where rows[id] == nil {
            if witness.isAnswered { violations.append("\(id) was answered and is not in the ledger") }
            if death == .process { violations.append("\(id) was announced and is not in the ledger") }
        }
        let sums = try connection.prepare("SELECT sum(cost_nano_usd), sum(attempts) FROM rollups_hourly")
        guard try sums.step() else { return }
        let attempts = rows.values.reduce(0) { $0 + $1.count }
        if sums.int(0) != total.nanoUSD || sums.int(1) != attempts {
            violations.append("roll-ups say \(sums.int(0)) for \(sums.int(1)), rows \(total.nanoUSD) for \(attempts)")
        }
        sums.reset()
    }

    private mutating func check(
        _ id: RequestID, _ witness: Witness, _ found: [Int: (state: Int64, cost: Money, isEstimated: Bool)]
    ) {
        let mustBeWhole = witness.isAnswered || death == .process
        if mustBeWhole, Set(found.keys) != Set(witness.holds.keys) {
            violations.append("\(id) has attempts \(found.keys.sorted()), announced \(witness.holds.keys.sorted())")
        }
        for (number, row) in found {
            switch LedgerRow.State(rawValue: row.state) {
            case .settled:
                if row.cost != witness.costs[number] { violations.append("\(id).\(number) has another cost") }
            case .unsettled:
                if witness.isAnswered { violations.append("\(id).\(number) was answered and is unsettled") }
                if row.cost != witness.holds[number] || !row.isEstimated {
                    violations.append("\(id).\(number) is unsettled at another cost than its hold")
                }
            case .held, nil: violations.append("\(id).\(number) is still held after a restart")
            }
        }
    }

    private func encode(_ intent: LedgerIntent) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: RecordCodec.maximumIntentBytes)
        let count = bytes.withUnsafeMutableBytes { buffer in
            var writer = ByteWriter(buffer)
            RecordCodec.encode(intent, to: &writer)
            return writer.count
        }
        return Array(bytes[..<count])
    }
}
