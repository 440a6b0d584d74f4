import ModeluxCore
import Testing

@Suite
struct JSONTextTests {
    @Test(arguments: [
        ("", #""""#), ("plain é€😀", #""plain é€😀""#), ("\"\\", #""\"\\""#), ("\n\r\t", #""\n\r\t""#),
        ("\u{0}\u{1F}", #""\u0000\u001f""#), ("a\"b", #""a\"b""#),
    ])
    func `a string is quoted and escaped as JSON asks`(value: String, expected: String) {
        var json = JSONText()
        json.string(value)
        #expect(json.text == expected)
    }

    @Test
    func `members and elements are parted by commas, and only between them`() {
        var json = JSONText()
        json.object { json in
            json.member("a", Int64(1))
            json.member("b", nil as String?)
            json.key("c")
            json.array { json in
                json.object { _ in }
                json.string("x")
            }
            json.member("d", true)
            json.member("e", Money(nanoUSD: 1_500_000))
            json.member("f", 12.34567)
            json.member("g", Double.nan)
        }
        #expect(json.text == #"{"a":1,"b":null,"c":[{},"x"],"d":true,"e":0.0015,"f":12.346,"g":null}"#)
    }

    /// A text that grew by one character copied all before it, and a body of a few MiB took minutes.
    @Test(.timeLimit(.minutes(1)))
    func `a long string of escapes is written once`() {
        var json = JSONText()
        json.string(String(repeating: "\n", count: 2_000_000))
        #expect(json.bytes.count == 4_000_002)
    }
}
