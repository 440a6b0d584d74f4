import ModeluxCore
import Testing

struct IdentifierTests {
    @Test(arguments: IdentifierKind.allCases)
    func `an identifier has its prefix and 20 base32 characters`(kind: IdentifierKind) {
        var generator = SeededGenerator(seed: 9)
        let identifier = Identifier(kind, using: &generator)
        #expect(identifier.text.hasPrefix(kind.rawValue))
        let rest = identifier.text.dropFirst(kind.rawValue.count)
        #expect(rest.count == 20 && rest.allSatisfy { "abcdefghijklmnopqrstuvwxyz234567".contains($0) })
        #expect(Identifier(kind, using: &generator) != identifier)
        #expect("\(identifier)" == identifier.text)
    }

    @Test func `request ids are UUIDs of version 7 that sort by time`() throws {
        var generator = SeededGenerator(seed: 10)
        var previous: RequestID?
        for millisecond in Int64(0)..<500 {
            let now = Timestamp(microseconds: 1_800_000_000_000_000 + millisecond * 1000 + 7)
            let id = RequestID(at: now, using: &generator)
            let text = Array(id.description)
            #expect(text.count == 36 && text[14] == "7" && "89ab".contains(text[19]))
            #expect(id.timestamp.microseconds == now.microseconds - 7)
            #expect(RequestID(id.description) == id)
            #expect(RequestID(id.description.uppercased()) == id)
            if let previous { #expect(previous < id && previous.description < id.description) }
            previous = id
        }
    }

    @Test(arguments: [
        "", "0", "00000000000000000000000000000000", "00000000-0000-0000-0000-00000000000",
        "00000000-0000-0000-0000-0000000000000", "0000000g-0000-0000-0000-000000000000",
        "00000000_0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000000-",
        "-0000000-0000-0000-0000-000000000000",
    ])
    func `what is no UUID is refused`(text: String) {
        #expect(RequestID(text) == nil)
    }

    @Test func `a clock before 1970 or past the format does not trap`() {
        var generator = SeededGenerator(seed: 12)
        for microseconds in [Int64.min, -1, .max] {
            let id = RequestID(at: Timestamp(microseconds: microseconds), using: &generator)
            #expect(RequestID(id.description) == id)
        }
        #expect(RequestID(high: .max, low: .max).timestamp.microseconds > 0)
    }
}
