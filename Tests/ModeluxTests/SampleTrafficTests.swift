import ModeluxAdmin
import ModeluxCore
import ModeluxStore
import Testing

@testable import modelux

struct SampleTrafficTests {
    private let now = Timestamp(microseconds: 1_795_000_000_000_000)

    private func hour() throws -> [SampleTraffic.Sample] {
        let catalogue = try CatalogueFile(json: try #require(EmbeddedResource.named("catalog.json")).bytes).catalogue
        var traffic = SampleTraffic(project: Identifier("proj_x"), key: Identifier("key_x"), catalogue: catalogue)
        return traffic.hour(before: now)
    }

    @Test
    func `the hour lies in the hour before now, in order, and costs something`() throws {
        let samples = try hour()
        #expect(samples.count == SampleTraffic.count)
        #expect(samples.allSatisfy { $0.record.createdAt < now && $0.record.requestID.timestamp.hour >= now.hour - 1 })
        #expect(zip(samples, samples.dropFirst()).allSatisfy { $0.record.createdAt <= $1.record.createdAt })
        #expect(samples.reduce(Money.zero) { $0 + $1.record.cost.total } > .zero)
        #expect(Set(samples.map(\.record.requestID)).count == samples.count)
    }

    @Test
    func `most requests succeed, and some fail in each of the two ways`() throws {
        let statuses = Set(try hour().map(\.record.status))
        #expect(statuses == [200, 429, 502])
    }

    @Test
    func `bodies are JSON and belong to their record`() throws {
        for sample in try hour().prefix(40) {
            #expect(sample.bodies.requestID == sample.record.requestID)
            #expect(try JSONTree(parsing: sample.bodies.request)["model"]?.stringValue == "@default")
            let answer = try JSONTree(parsing: sample.bodies.response)
            #expect((answer["error"] == nil) == (sample.record.status == 200))
        }
    }

    @Test
    func `two hours from one seed are the same`() throws {
        #expect(try hour().map(\.record.requestID) == hour().map(\.record.requestID))
    }
}
