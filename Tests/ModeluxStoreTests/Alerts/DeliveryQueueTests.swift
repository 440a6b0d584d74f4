import Foundation
import GRDB
import ModeluxCore
import Synchronization
import Testing

@testable import ModeluxStore

struct DeliveryQueueTests {
    let folder = ControlFolder()
    let one = AlertTarget.webhook(Identifier("whk_one"))
    let two = AlertTarget.mail("a@b.example")
    let hour: Int64 = 3_600_000_000

    init() throws {
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
    }

    private func open(_ limits: AlertFile.Limits = AlertFile.Limits()) throws -> (DeliveryQueue, DeliveryLog) {
        let file = try AlertFile(directory: folder.path, limits: limits)
        return (DeliveryQueue(file), DeliveryLog(file))
    }

    private func events(_ numbers: Range<Int>) -> [AlertEvent] {
        numbers.map {
            AlertEvent(id: Identifier("evt_\($0)"), type: "budget.exceeded", createdAt: folder.now, data: "{}")
        }
    }

    private func attempt(_ error: String?, status: Int? = nil) -> DeliveryAttempt {
        DeliveryAttempt(
            startedAt: folder.now, durationMilliseconds: 1.5, status: status ?? (error == nil ? 200 : 500), error: error
        )
    }

    private func fail(_ queue: DeliveryQueue, _ delivery: Delivery, delay: Int64 = 1_000_000) async throws {
        try await queue.note(attempt("down"), of: delivery, now: folder.now) { _ in delay }
    }

    private func succeed(_ queue: DeliveryQueue, _ delivery: Delivery) async throws {
        try await queue.note(attempt(nil), of: delivery, now: folder.now) { _ in 0 }
    }

    private func due(_ queue: DeliveryQueue) async throws -> [String] {
        try await queue.due(at: folder.now).map(\.event.id.text)
    }

    @Test func `each target has a line of its own, and only its first is due`() async throws {
        let (queue, _) = try open()
        #expect(try await queue.accept(events(0..<3), now: folder.now) { _ in [one, two] } == 6)
        let first = try await queue.due(at: folder.now)
        #expect(first.map(\.target) == [one, two] && first.map(\.event.id.text) == ["evt_0", "evt_0"])
        try await succeed(queue, try #require(first.first))
        #expect(try await due(queue) == ["evt_0", "evt_1"])
    }

    @Test func `a failed delivery holds up what comes after it, until its time has come`() async throws {
        let (queue, log) = try open()
        _ = try await queue.accept(events(0..<2), now: folder.now) { _ in [one] }
        let delivery = try #require(try await queue.due(at: folder.now).first)
        try await fail(queue, delivery, delay: 5_000_000)
        #expect(try await due(queue) == [])
        #expect(try await queue.nextDue(after: folder.now) == folder.now.advanced(byMicroseconds: 5_000_000))
        #expect(try await log.failing().map(\.failures) == [1])
        folder.advance(seconds: 5)
        #expect(try await due(queue) == ["evt_0"])
        try await succeed(queue, delivery)
        #expect(try await due(queue) == ["evt_1"])
        #expect(try await log.failing().isEmpty)
        let kept = try await log.get(delivery.id.text)
        #expect(kept.delivery.status == .delivered && kept.delivery.attemptCount == 2)
        #expect(kept.attempts.map(\.status) == [500, 200] && kept.attempts.map(\.error) == ["down", nil])
    }

    @Test func `the wait grows with the failures of the target, and begins anew after a success`() async throws {
        let (queue, _) = try open()
        _ = try await queue.accept(events(0..<2), now: folder.now) { _ in [one] }
        var seen: [Int] = []
        for _ in 0..<3 {
            let delivery = try #require(try await queue.due(at: folder.now).first)
            seen.append(try await failures(queue, delivery))
        }
        try await succeed(queue, try #require(try await queue.due(at: folder.now).first))
        seen.append(try await failures(queue, try #require(try await queue.due(at: folder.now).first)))
        #expect(seen == [1, 2, 3, 1])
    }

    private func failures(_ queue: DeliveryQueue, _ delivery: Delivery) async throws -> Int {
        let seen = Counter()
        try await queue.note(attempt("down"), of: delivery, now: folder.now) { failures in
            seen.value = failures
            return 0
        }
        return seen.value
    }

    @Test func `after 24 hours the next failure gives up what has waited as long, and nothing younger`() async throws {
        let (queue, log) = try open()
        _ = try await queue.accept(events(0..<2), now: folder.now) { _ in [one] }
        folder.advance(seconds: 3600)
        _ = try await queue.accept(events(2..<3), now: folder.now) { _ in [one] }
        let delivery = try #require(try await queue.due(at: folder.now).first)
        try await fail(queue, delivery)
        folder.advance(seconds: 23 * 3600 - 1)
        try await fail(queue, delivery)
        #expect(try await log.figures(now: folder.now) == DeliveryFigures(waiting: 3, failedToday: 0))
        folder.advance(seconds: 1)
        try await fail(queue, delivery, delay: 0)
        #expect(try await log.figures(now: folder.now) == DeliveryFigures(waiting: 1, failedToday: 2))
        #expect(try await due(queue) == ["evt_2"])
        #expect(try await log.get(delivery.id.text).delivery.lastError == "down")
    }

    @Test func `a clock that is set back holds nothing up`() async throws {
        let (queue, _) = try open()
        folder.advance(seconds: 86_400)
        _ = try await queue.accept(events(0..<1), now: folder.now) { _ in [one] }
        try await fail(queue, try #require(try await queue.due(at: folder.now).first), delay: hour)
        #expect(try await due(queue) == [])
        folder.advance(seconds: -86_400)
        #expect(try await due(queue) == ["evt_0"])
    }

    @Test func `an event that is known already is not queued again`() async throws {
        let (queue, _) = try open()
        #expect(try await queue.accept(events(0..<2), now: folder.now) { _ in [one] } == 2)
        #expect(try await queue.accept(events(1..<3), now: folder.now) { _ in [one] } == 1)
    }

    @Test func `everything is there again after the file was closed`() async throws {
        do {
            let (queue, _) = try open()
            _ = try await queue.accept(events(0..<2), now: folder.now) { _ in [one] }
            try await fail(queue, try #require(try await queue.due(at: folder.now).first))
        }
        let (queue, log) = try open()
        #expect(try await due(queue) == [])
        folder.advance(seconds: 1)
        #expect(try await due(queue) == ["evt_0"])
        #expect(try await log.failing().map(\.failures) == [1])
    }

    @Test func `what waits for a target that is gone is cancelled`() async throws {
        let (queue, log) = try open()
        _ = try await queue.accept(events(0..<3), now: folder.now) { _ in [one, two] }
        try await queue.cancel(one, reason: "the endpoint was removed", now: folder.now)
        #expect(try await queue.due(at: folder.now).map(\.target) == [two])
        let cancelled = try await log.list(ListRequest(), DeliveryFilter(status: .cancelled)).elements
        #expect(cancelled.count == 3 && cancelled.allSatisfy { $0.lastError == "the endpoint was removed" })
    }

    @Test func `a replay is a new delivery of the same event at the end of the line`() async throws {
        let (queue, log) = try open()
        _ = try await queue.accept(events(0..<2), now: folder.now) { _ in [one] }
        let delivery = try #require(try await queue.due(at: folder.now).first)
        await #expect(throws: Refusal.self) { try await queue.replay(delivery.id.text, now: folder.now) }
        try await succeed(queue, delivery)
        let again = try await queue.replay(delivery.id.text, now: folder.now)
        #expect(again.id != delivery.id && again.event == delivery.event && again.replayOf == delivery.id)
        #expect(try await due(queue) == ["evt_1"])
        try await succeed(queue, try #require(try await queue.due(at: folder.now).first))
        #expect(try await due(queue) == ["evt_0"])
        await #expect(throws: Refusal.self) { try await queue.replay("dlv_nothing", now: folder.now) }
        #expect(try await log.list(ListRequest()).elements.count == 3)
    }

    @Test func `past the limit the oldest that wait are given up`() async throws {
        let (queue, log) = try open(AlertFile.Limits(waiting: 3))
        _ = try await queue.accept(events(0..<5), now: folder.now) { _ in [one] }
        #expect(try await due(queue) == ["evt_2"])
        #expect(try await log.figures(now: folder.now) == DeliveryFigures(waiting: 3, failedToday: 2))
    }

    @Test func `a test is kept with its outcome and never enters the line`() async throws {
        let (queue, log) = try open()
        let event = AlertEvent(id: Identifier("evt_t"), type: AlertEvent.testType, createdAt: folder.now, data: "{}")
        let id = Identifier("dlv_t")
        try await queue.keepTest(attempt("no"), of: event, to: one, id: id, now: folder.now)
        #expect(try await due(queue) == [])
        let kept = try await log.get("dlv_t")
        #expect(kept.delivery.status == .failed && kept.delivery.attemptCount == 1 && kept.attempts.count == 1)
        await #expect(throws: Refusal.self) { try await queue.replay("dlv_t", now: folder.now) }
    }

    @Test func `retention removes by age and by count, but nothing that waits`() async throws {
        let (queue, log) = try open(AlertFile.Limits(days: 2, count: 1200))
        _ = try await queue.accept(events(0..<1), now: folder.now) { _ in [two] }
        _ = try await queue.accept(events(1..<11), now: folder.now) { _ in [one] }
        try await fail(queue, try #require(try await queue.due(at: folder.now).last))
        try await queue.cancel(one, reason: "done", now: folder.now)
        #expect(try await log.trim(now: folder.now) == 0)
        #expect(try await rows(log, "delivery_attempts") == 1)
        folder.advance(seconds: 3 * 86_400)
        #expect(try await log.trim(now: folder.now) == 10)
        #expect(try await log.list(ListRequest()).elements.map(\.event.id.text) == ["evt_0"])

        _ = try await queue.accept(events(100..<1700), now: folder.now) { _ in [one] }
        try await queue.cancel(one, reason: "done", now: folder.now)
        #expect(try await log.trim(now: folder.now) >= 400)
        var kept = 0
        var request = ListRequest(limit: 200)
        while true {
            let page = try await log.list(request, DeliveryFilter(endpoint: "whk_one"))
            kept += page.elements.count
            guard let cursor = page.nextCursor else { break }
            request = try ListRequest(limit: "200", cursor: cursor)
        }
        #expect(kept == 1200)
        #expect(try await rows(log, "delivery_attempts") == 0)
        #expect(try await rows(log, "targets") == 1)
        #expect(try await rows(log, "events") == 1201)
        #expect(try await due(queue) == ["evt_0"])
        #expect(
            try await log.events(ofTypes: [.budgetExceeded], since: Timestamp(microseconds: 0), limit: 5000).count
                <= 1201)
    }

    private func rows(_ log: DeliveryLog, _ table: String) async throws -> Int64? {
        try await log.file.read { try $0.integer("SELECT COUNT(*) FROM \(table)") }
    }

    @Test func `another program's file and a newer one are refused in words`() throws {
        for pragma in ["application_id = 7", "user_version = 99"] {
            let other = folder.path + "/" + pragma.prefix(4)
            try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
            _ = try AlertFile(directory: other)
            let pool = try Database.open(path: other + "/alerts.db", durability: .full)
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA \(pragma)") }
            try pool.close()
            #expect(throws: StoreFailure.self) { try AlertFile(directory: other) }
        }
    }
}

private final class Counter: Sendable {
    private let state = Mutex(0)
    var value: Int {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}

struct EventQueueTests {
    private func event(_ number: Int) -> Event {
        Event(id: Identifier("evt_\(number)"), type: .budgetExceeded, createdAt: Timestamp(microseconds: 0), data: "{}")
    }

    @Test func `events come out in order and stay until they are kept`() {
        let queue = EventQueue()
        for number in 0..<3 { queue.offer(event(number)) }
        #expect(queue.first(2).map(\.id.text) == ["evt_0", "evt_1"])
        #expect(queue.first(2).map(\.id.text) == ["evt_0", "evt_1"])
        queue.removeFirst(2)
        #expect(queue.first(9).map(\.id.text) == ["evt_2"])
        queue.removeFirst(9)
        #expect(queue.count == 0)
    }

    @Test func `a full queue drops the newest and counts it`() {
        let queue = EventQueue(capacity: 2)
        for number in 0..<5 { queue.offer(event(number)) }
        #expect(queue.dropped == 3 && queue.first(9).map(\.id.text) == ["evt_0", "evt_1"])
    }
}
