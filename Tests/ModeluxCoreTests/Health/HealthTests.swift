import ModeluxCore
import Testing

struct HealthTests {
    private static let second: UInt64 = 1_000_000_000
    private static let key = HealthKey(provider: Identifier("prov_a"), model: "m")

    @Test func `a window forgets by age and by number`() {
        var window = HealthWindow()
        for index in 0..<10 { window.record(success: Double(index), at: UInt64(index) * Self.second) }
        window.record(success: nil, at: 9 * Self.second)
        let recent = window.summary(of: .seconds(4), at: 10 * Self.second)
        #expect(recent.attempts == 5 && recent.failures == 1 && recent.successRate == 0.8)
        #expect(recent.percentile(50) == 7 && recent.percentile(100) == 9 && recent.percentile(1) == 6)
        for index in 0..<1000 { window.record(success: Double(index), at: 10 * Self.second) }
        #expect(window.summary(of: .seconds(60), at: 10 * Self.second).attempts == HealthWindow.capacity)
        #expect(window.summary(of: .seconds(1), at: 60 * Self.second).successRate == nil)
    }

    @Test func `five failures in a row open, a pause half-opens, a probe decides`() {
        var breaker = CircuitBreaker()
        for _ in 0..<4 { breaker.fail(at: 0, isFailingOften: false) }
        #expect(breaker.state(at: 0) == .closed)
        breaker.succeed()
        for _ in 0..<5 { breaker.fail(at: 0, isFailingOften: false) }
        #expect(breaker.state(at: 0) == .open && breaker.admit(at: 29 * Self.second) == .refused)
        #expect(breaker.state(at: 30 * Self.second) == .halfOpen)
        #expect(breaker.admit(at: 30 * Self.second) == .probe)
        #expect(breaker.admit(at: 30 * Self.second) == .refused, "one probe at a time")
        breaker.fail(at: 31 * Self.second, isFailingOften: false)
        #expect(breaker.state(at: 80 * Self.second) == .open, "the pause has doubled")
        #expect(breaker.admit(at: 91 * Self.second) == .probe)
        breaker.passOver()
        #expect(breaker.admit(at: 91 * Self.second) == .probe, "a probe that said nothing leaves room for the next")
        breaker.succeed()
        #expect(breaker.state(at: 92 * Self.second) == .closed && breaker.admit(at: 92 * Self.second) == .allowed)
    }

    @Test func `half of many failing opens without a row`() {
        var register = HealthRegister()
        var change: HealthRegister.Change?
        for index in 0..<40 where change == nil {
            let sample = index % 2 == 0 ? HealthSample.success(milliseconds: 5) : .failure
            change = register.record(sample, of: Self.key, provider: "a", at: UInt64(index) * 10_000_000)
        }
        #expect(change?.after == .open && change?.before == .closed)
        #expect(register.admit(Self.key, at: Self.second) == .refused)
    }

    @Test func `one in ten failing opens nothing`() {
        var register = HealthRegister()
        for index in 0..<5000 {
            let sample = index % 10 == 9 ? HealthSample.failure : .success(milliseconds: 5)
            #expect(register.record(sample, of: Self.key, provider: "a", at: UInt64(index) * 1_000_000) == nil)
        }
    }

    @Test func `a refused credential marks all its models, and its next success clears it`() {
        var register = HealthRegister()
        let other = HealthKey(provider: Identifier("prov_a"), model: "other")
        let change = register.record(.credentialRefused, of: Self.key, provider: "a", at: 0)
        #expect(change?.after == .open)
        #expect(register.admit(other, at: 1) == .refused && register.view(at: 1).state(of: other) == .open)
        #expect(register.view(at: 1).state(ofProvider: "a") == .open)
        #expect(register.admit(other, at: 31 * Self.second) == .probe)
        _ = register.record(.success(milliseconds: 1), of: other, provider: "a", at: 32 * Self.second)
        #expect(register.view(at: 33 * Self.second).state(of: other) == .closed)
    }

    @Test func `a refused model says nothing about the credential's others`() {
        var register = HealthRegister()
        let other = HealthKey(provider: Identifier("prov_a"), model: "other")
        let change = register.record(.modelRefused, of: Self.key, provider: "a", at: 0)
        #expect(change?.after == .open && register.admit(Self.key, at: 1) == .refused)
        #expect(register.admit(other, at: 1) == .allowed)
    }

    @Test func `a view shows what was recorded`() {
        var register = HealthRegister()
        for latency in [10.0, 20, 30] {
            _ = register.record(.success(milliseconds: latency), of: Self.key, provider: "a", at: 5)
        }
        register.record(outputTokens: 100, of: Identifier("cfg_x"))
        register.record(outputTokens: 200, of: Identifier("cfg_x"))
        let view = register.view(at: 6)
        #expect(view.medianLatency(ofModel: "m") == 20 && view.medianLatency(ofModel: "a/m") == 20)
        #expect(view.successRate(ofProvider: "a") == 1 && view.usualOutput(of: Identifier("cfg_x")) == 150)
        #expect(view.state(ofProvider: "unknown") == .closed && view.medianLatency(ofModel: "x") == nil)
        register.keepOnly([])
        #expect(register.view(at: 7).readings.isEmpty)
    }

    @Test func `memory is bounded`() {
        var register = HealthRegister()
        for index in 0..<(HealthRegister.maximumTargets + 50) {
            let key = HealthKey(provider: Identifier("p"), model: "m\(index)")
            _ = register.record(.failure, of: key, provider: "p", at: UInt64(index))
        }
        #expect(register.view(at: 0).readings.count == HealthRegister.maximumTargets)
    }
}
