import NIOCore
import Testing

@testable import ModeluxWire

struct JSONScannerTests {
    @Test(arguments: [
        "{}", "[]", "null", "true", "false", "0", "-0", "12", "-1.5", "1e9", "1E+9", "1.25e-3", #""""#, #""a""#,
        #""\" \\ \/ \b \f \n \r \t \u00e9""#, #""\ud83d\ude00""#, #""lone \ud800""#, "\"é €\u{1F600}\"",
        " \t\r\n[ 1 , 2 ] ",
        #"{"a":{"b":[{}]},"c":[]}"#, #"[[[[[]]]]]"#, "\"\u{7F}\"", #"{"":1}"#,
        "\"exactly eight bytes and more, no escape at all\"",
    ])
    func `well-formed JSON passes`(text: String) throws {
        _ = try JSONValue(parsing: text)
    }

    @Test(arguments: [
        ("", JSONFault(.unexpectedEnd, at: 0)), (" ", JSONFault(.unexpectedEnd, at: 1)),
        ("{", JSONFault(.unexpectedEnd, at: 1)), ("[1", JSONFault(.unexpectedEnd, at: 2)),
        ("\"abc", JSONFault(.unexpectedEnd, at: 4)), (#"{"a""#, JSONFault(.unexpectedEnd, at: 4)),
        (#"{"a":"#, JSONFault(.unexpectedEnd, at: 5)), (#"{"a":1,}"#, JSONFault(.expectedMemberName, at: 7)),
        ("[1,]", JSONFault(.expectedValue, at: 3)), ("[,1]", JSONFault(.expectedValue, at: 1)),
        ("{a:1}", JSONFault(.expectedMemberName, at: 1)), (#"{"a" 1}"#, JSONFault(.expectedColon, at: 5)),
        (#"{"a":1 "b":2}"#, JSONFault(.expectedCommaOrClosingBrace, at: 7)),
        ("[1 2]", JSONFault(.expectedCommaOrClosingBracket, at: 3)),
        ("[1}", JSONFault(.expectedCommaOrClosingBracket, at: 2)),
        (#"{"a":1]"#, JSONFault(.expectedCommaOrClosingBrace, at: 6)), ("1 2", JSONFault(.trailingCharacters, at: 2)),
        ("{}}", JSONFault(.trailingCharacters, at: 2)), ("01", JSONFault(.trailingCharacters, at: 1)),
        ("-", JSONFault(.unexpectedEnd, at: 0)), ("[-]", JSONFault(.invalidNumber, at: 1)),
        ("[1.]", JSONFault(.invalidNumber, at: 1)), ("[.5]", JSONFault(.expectedValue, at: 1)),
        ("[1e]", JSONFault(.invalidNumber, at: 1)), ("[+1]", JSONFault(.expectedValue, at: 1)),
        ("NaN", JSONFault(.expectedValue, at: 0)), ("nul", JSONFault(.unexpectedCharacter, at: 0)),
        ("True", JSONFault(.expectedValue, at: 0)), ("\"\n\"", JSONFault(.controlCharacter, at: 1)),
        ("\"12345678\u{0}\"", JSONFault(.controlCharacter, at: 9)), (#""\x""#, JSONFault(.invalidEscape, at: 1)),
        (#""\u12g4""#, JSONFault(.invalidEscape, at: 1)), (#""\"#, JSONFault(.unexpectedEnd, at: 1)),
        (#""\u12"#, JSONFault(.unexpectedEnd, at: 1)), ("\u{FEFF}{}", JSONFault(.expectedValue, at: 0)),
        ("{}\u{0}", JSONFault(.trailingCharacters, at: 2)), ("'a'", JSONFault(.expectedValue, at: 0)),
    ])
    func `what is not JSON is refused where it goes wrong`(text: String, fault: JSONFault) {
        #expect(throws: fault) { try JSONValue(parsing: text) }
        #expect(throws: (any Error).self) { try skipWhole(ByteBuffer(string: text)) }
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x22], [0xE0, 0x9F, 0x80], [0xE2, 0x82],
            [0xED, 0xA0, 0x80],
            [0xF0, 0x8F, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xFE],
        ] as [[UInt8]])
    func `bytes that are not UTF-8 are refused`(bytes: [UInt8]) {
        let text = [UInt8(ascii: "\"")] + Array("padding to the word".utf8) + bytes + [UInt8(ascii: "\"")]
        #expect(throws: JSONFault(.invalidUTF8, at: 20)) { try JSONValue(parsing: ByteBuffer(bytes: text)) }
    }

    @Test(arguments: ["[", #"{"a":"#])
    func `128 levels are read and the next one is refused`(opening: String) throws {
        func nested(_ depth: Int) -> ByteBuffer {
            let closing = opening == "[" ? "]" : "}"
            let core = opening == "[" ? "" : "1"
            return ByteBuffer(
                string: String(repeating: opening, count: depth) + core + String(repeating: closing, count: depth))
        }
        try skipWhole(nested(128))
        _ = try JSONValue(parsing: nested(128))
        for depth in [129, 100_000] {
            #expect(throws: JSONFault(.tooDeep, at: 128 * opening.utf8.count)) { try skipWhole(nested(depth)) }
            #expect(throws: JSONFault(.tooDeep, at: 128 * opening.utf8.count)) { try JSONValue(parsing: nested(depth)) }
        }
    }

    @Test func `depth counts levels entered and levels skipped together`() throws {
        let text = ByteBuffer(string: String(repeating: "[", count: 129) + String(repeating: "]", count: 129))
        #expect(throws: JSONFault(.tooDeep, at: 128)) {
            try text.withView { (bytes: ByteView) throws(JSONFault) in
                var scanner = JSONScanner(bytes)
                for _ in 0..<100 {
                    try scanner.beginArray()
                    _ = try scanner.nextElement()
                }
                try scanner.skipValue()
            }
        }
    }

    @Test func `names match with their escapes resolved`() throws {
        let text = ByteBuffer(string: #"{"mod\u0065l":1,"mlx\u003atags":{},"model2":2}"#)
        let matches = try text.withView { (bytes: ByteView) throws(JSONFault) -> [Bool] in
            var scanner = JSONScanner(bytes)
            var matches: [Bool] = []
            try scanner.beginObject()
            while let name = try scanner.nextName() {
                matches.append(scanner.matches(name, "model") || scanner.hasPrefix(name, "mlx:"))
                try scanner.skipValue()
            }
            return matches
        }
        #expect(matches == [true, true, false])
    }

    @Test func `text is counted apart from attachments and names`() throws {
        let text = ByteBuffer(
            string: #"[{"content":"12345"},{"type":"image_url","url":"data:image/png;base64,AAAA"},["12"]]"#)
        try text.withView { (bytes: ByteView) throws(JSONFault) in
            var scanner = JSONScanner(bytes)
            try scanner.skipValue()
            #expect(scanner.textBytes == 5 + 9 + 2)
            #expect(scanner.attachmentBytes == 26)
            #expect(scanner.imageParts == 1)
        }
    }

    @Test(
        arguments: [
            ("0", 0), ("12", 12), ("-3", -3), ("12.0", 12), ("12.00", 12), ("9223372036854775807", .max), ("12.5", nil),
            ("1e3", nil), ("9223372036854775808", nil), ("99999999999999999999999", nil), ("-0", 0),
        ] as [(String, Int64?)])
    func `whole numbers are read exactly or not at all`(text: String, expected: Int64?) {
        let buffer = ByteBuffer(string: text)
        #expect(buffer.withView { JSONString.integer($0, 0..<$0.count) } == expected)
    }

    private func skipWhole(_ text: ByteBuffer) throws {
        try text.withView { (bytes: ByteView) throws(JSONFault) in
            var scanner = JSONScanner(bytes)
            try scanner.skipValue()
            try scanner.end()
        }
    }
}
