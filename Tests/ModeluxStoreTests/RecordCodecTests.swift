import ModeluxCore
import Testing

@testable import ModeluxStore

struct RecordCodecTests {
    @Test func `a record comes back as it was written`() throws {
        for seed in 0..<2000 {
            var generator = SeededGenerator(seed: UInt64(seed))
            let record = RandomRecord.record(using: &generator)
            let bytes = RecordCodec.bytes(of: record)
            let decoded = try #require(RecordCodecTests.decode(bytes))
            // RequestRecord is not Equatable: its description shows every field.
            #expect("\(decoded)" == "\(record)", "seed \(seed)")
        }
    }

    @Test func `an intent comes back as it was written`() throws {
        for seed in 0..<500 {
            var generator = SeededGenerator(seed: UInt64(seed))
            let intent = RandomRecord.intent(using: &generator)
            let bytes = RecordCodecTests.encode(intent)
            #expect(bytes.withUnsafeBytes { RecordCodec.decodeIntent($0) } == intent)
        }
    }

    @Test func `a record of any size fits, and a lean one fits the room its intents reserved`() throws {
        let long = String(repeating: "é", count: 5000)
        for count in [0, 1, 2, 5, 20, 25] {
            var record = RandomRecord.longest(text: long, attempts: count)
            for number in 0..<Tags.maximumCount {
                try record.tags.set(
                    "\(number)" + String(repeating: "k", count: 60), to: String(repeating: "v", count: 256))
            }
            let bytes = RecordCodec.bytes(of: record)
            #expect(!bytes.isEmpty && bytes.count <= RecordCodec.maximumRecordBytes)
            let decoded = try #require(RecordCodecTests.decode(bytes))
            #expect(decoded.attempts.count == count)
            #expect(decoded.cost.total == record.cost.total)
            #expect(decoded.usage == record.usage)
            var lean = [UInt8](repeating: 0, count: RecordCodec.maximumRecordBytes)
            let used = lean.withUnsafeMutableBytes { buffer in
                var writer = ByteWriter(buffer)
                RecordCodec.encode(record, form: .lean, to: &writer)
                #expect(!writer.hasOverflowed)
                return writer.count
            }
            #expect(used <= RecordCodec.reservedBytes * max(1, count))
            #expect(RecordCodecTests.decode(Array(lean[..<used]))?.attempts.count == count)
        }
    }

    @Test func `the longest intent fits`() {
        let long = String(repeating: "漢", count: 999)
        let intent = LedgerIntent(
            requestID: RequestID(high: .max, low: .max), attempt: .max, createdAt: Timestamp(microseconds: .min),
            projectID: Identifier(long), keyID: Identifier(long), providerID: Identifier(long), provider: long,
            model: long, hold: Money(nanoUSD: .min), priceID: long)
        #expect(RecordCodecTests.encode(intent).count <= RecordCodec.maximumIntentBytes)
    }

    @Test func `no bytes trap the decoder`() {
        var generator = SeededGenerator(seed: 99)
        for round in 0..<6000 {
            var bytes: [UInt8]
            if round % 4 == 0 {
                bytes = (0..<Int.random(in: 0...200, using: &generator)).map { _ in
                    UInt8(truncatingIfNeeded: generator.next())
                }
            } else {
                bytes = RecordCodec.bytes(of: RandomRecord.record(using: &generator))
                for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
                    let index = Int.random(in: 0..<bytes.count, using: &generator)
                    bytes[index] =
                        [0, 0x7F, 0x80, 0xFF, UInt8(truncatingIfNeeded: generator.next())][
                            Int.random(in: 0..<5, using: &generator)]
                }
                if round % 3 == 0 { bytes.removeLast(Int.random(in: 0...bytes.count, using: &generator)) }
            }
            if let record = RecordCodecTests.decode(bytes) { _ = RecordCodec.bytes(of: record) }
            _ = bytes.withUnsafeBytes { RecordCodec.decodeIntent($0) }
            _ = bytes.withUnsafeBytes { JournalFrame.entry(in: $0, at: 0) }
        }
    }

    private static func decode(_ bytes: [UInt8]) -> RequestRecord? {
        bytes.withUnsafeBytes { RecordCodec.decodeRecord($0) }
    }

    private static func encode(_ intent: LedgerIntent) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 8192)
        let count = bytes.withUnsafeMutableBytes { buffer in
            var writer = ByteWriter(buffer)
            RecordCodec.encode(intent, to: &writer)
            return writer.hasOverflowed ? 0 : writer.count
        }
        return Array(bytes[..<count])
    }
}
