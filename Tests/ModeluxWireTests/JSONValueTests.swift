import NIOCore
import Testing

@testable import ModeluxWire

struct JSONValueTests {
    @Test func `a tree is written as it was read, numbers to the digit`() throws {
        let text = #"{"b":1.10,"a":[1e400,-0,"é\n\"\\\u0001"],"c":{"d":null,"e":true},"b":false}"#
        #expect(String(buffer: try JSONValue(parsing: text).buffer) == text)
    }

    @Test func `members and elements are found, others are nil`() throws {
        let value = try JSONValue(parsing: #"{"a":[{"b":12}],"s":"x","t":true}"#)
        #expect(value["a"]?[0]?["b"]?.integer == 12)
        #expect(value["s"]?.string == "x")
        #expect(value["t"]?.bool == true)
        #expect(value["none"] == nil)
        #expect(value["a"]?[1] == nil)
        #expect(value["a"]?[-1] == nil)
        #expect(value["s"]?["x"] == nil)
        #expect(value["s"]?.integer == nil)
    }

    @Test func `literals make the same tree as parsing`() throws {
        let value: JSONValue = ["a": [1, "x", true, nil]]
        #expect(value == (try JSONValue(parsing: #"{"a":[1,"x",true,null]}"#)))
    }

    @Test(arguments: [
        ("plain", #""plain""#), ("", #""""#), ("\"\\", #""\"\\""#), ("\n\r\t", #""\n\r\t""#),
        ("\u{0}\u{1F}\u{7F}", "\"\\u0000\\u001f\u{7F}\""), ("é€😀", #""é€😀""#), ("</script>", #""</script>""#),
    ])
    func `a string is escaped as little as JSON allows`(text: String, expected: String) throws {
        #expect(JSONString.quoted(text) == expected)
        #expect(try JSONValue(parsing: expected).string == text)
    }

    /// A string of four million escapes held a whole event loop for minutes while each of them copied all before it.
    @Test(.timeLimit(.minutes(1)))
    func `a long string of escapes is read once`() throws {
        let count = 4_000_000
        let value = try JSONValue(parsing: "\"" + String(repeating: #"\n"#, count: count) + "\"")
        #expect(value.string?.utf8.count == count)
    }

    @Test(arguments: [
        (#""\ud83d\ude00!""#, "😀!"), (#""\ud83d""#, "\u{FFFD}"), (#""\ud83dx""#, "\u{FFFD}x"),
        (#""\ud83d\n""#, "\u{FFFD}\n"), (#""\ude00\ud83d""#, "\u{FFFD}\u{FFFD}"), (#""a\u0000b""#, "a\u{0}b"),
        (#""\/\b\f""#, "/\u{8}\u{C}"), (#""e\u0301""#, "e\u{301}"),
    ])
    func `escapes are resolved, half a pair becomes a replacement character`(json: String, expected: String) throws {
        let text = try #require(try JSONValue(parsing: json).string)
        #expect(Array(text.unicodeScalars) == Array(expected.unicodeScalars))
    }
}
