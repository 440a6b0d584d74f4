import ModeluxCore
import Testing

struct JSONTreeTests {
    @Test(arguments: [
        "null", "true", "-0", "1e5", "12.50", #""é\n""#, "[]", "[1,[2]]", #"{"a":{"b":null}}"#, #""\ud83d\ude00""#,
    ])
    func `what is JSON is read, and written text reads as the same tree`(text: String) throws {
        let tree = try JSONTree(parsing: Array(text.utf8))
        #expect(try JSONTree(parsing: Array(tree.text.utf8)) == tree)
    }

    @Test(arguments: [
        "", " ", "nul", "tru e", "01", "1.", ".5", "-", "1e", "+1", "\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"",
        "\"\\ud800\\u0041\"", "\"\u{1}\"", "[1,]", "[,1]", "[1 2]", "{,}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}",
        "{\"a\":1,\"a\":2}", "1 2", "[", "{", "[[[", "\u{FEFF}1", "NaN", "'a'",
    ])
    func `what is no JSON is refused`(text: String) {
        #expect(throws: Failure.self) { try JSONTree(parsing: Array(text.utf8)) }
    }

    @Test func `depth has an end and odd bytes never trap`() {
        #expect(throws: Failure.self) { try JSONTree(parsing: Array(repeating: UInt8(ascii: "["), count: 1_000_000)) }
        var generator = SeededGenerator(seed: 7)
        let seeds = [#"{"a":[1,-2.5e3,"x\u00e9\n",true,null],"b":{"c":""}}"#, #"["\ud83d\ude00"]"#].map {
            Array($0.utf8)
        }
        for _ in 0..<20_000 {
            var bytes = seeds[Int(generator.next() % 2)]
            for _ in 0..<(1 + generator.next() % 4) {
                let index = Int(generator.next() % UInt64(bytes.count))
                bytes[index] = UInt8(truncatingIfNeeded: generator.next())
            }
            if let tree = try? JSONTree(parsing: bytes) {
                #expect((try? JSONTree(parsing: Array(tree.text.utf8))) == tree)
            }
        }
    }

    @Test(arguments: [("5", 5), ("5.0", 5), ("-3.00", -3), ("5.5", nil), ("1e3", nil), ("99999999999999999999", nil)])
    func `whole numbers are whole`(text: String, value: Int64?) throws {
        #expect(try JSONTree(parsing: Array(text.utf8)).integerValue == value)
    }
}
