import ModeluxCore
import Testing

struct PatternTests {
    @Test(
        arguments: [
            ("abc", "xabcx", true), ("abc", "ab", false), ("", "", true), ("", "x", true), ("a|b", "xbx", true),
            ("^a|b$", "cb", true), ("^(a|b)$", "cb", false), ("a*", "", true), ("^a+$", "aaa", true),
            ("^a+$", "", false),
            ("^a?b$", "b", true), ("^a?b$", "aab", false), ("^a{2}$", "aa", true), ("^a{2}$", "aaa", false),
            ("^a{2,}$", "aaaa", true), ("^a{2,3}$", "aaaa", false), ("^a{0}$", "", true), ("^(ab){2}$", "abab", true),
            ("^.$", "é", true), ("^.$", "\n", false), ("[a-c]", "b", true), ("[^a-c]", "b", false),
            ("[^a-c]", "d", true),
            ("[]a]", "]", true), ("[a-]", "-", true), ("[\\d-]", "-", true), ("\\d\\D", "1a", true),
            ("\\w+\\s\\w+", "a b", true),
            ("\\S", " ", false), ("a\\.b", "axb", false), ("a\\.b", "a.b", true), ("\\bcat\\b", "the cat sat", true),
            ("\\bcat\\b", "concat", false), ("\\Bcat", "concat", true), ("(?i)HELLO", "hello", true),
            ("(?i)[a-c]", "B", true), ("(?:ab)+c", "ababc", true), ("a+?b", "aab", true), ("a{", "a{", true),
            ("x{1", "x{1", nil), ("日本", "これは日本です", true), ("\\t", "\t", true), ("^\\{", "{", true), ("()", "", true),
            ("a||b", "", true), ("[\\]]", "]", true), ("^[\\w.+-]+@[\\w-]+\\.[\\w.]+$", "a.b+c@d-e.fr", true),
            ("(a*)*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaac", false), ("(a|aa)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaab", false),
            ("(", "", nil), (")", "", nil), ("[a", "", nil), ("*", "", nil), ("a**", "", nil), ("\\", "", nil),
            ("\\q", "", nil),
            ("(?=a)", "", nil), ("a{3,2}", "", nil), ("a{999}", "", nil), ("^*", "", nil), ("[b-a]", "", nil),
            ("\\1", "", nil),
            ("((a{100}){100}){100}", "", nil),
        ] as [(String, String, Bool?)])
    func `a pattern finds what it says`(pattern: String, text: String, found: Bool?) throws {
        guard let found else {
            #expect(throws: PatternError.self) { try Pattern(pattern) }
            return
        }
        #expect(try Pattern(pattern).isFound(in: text) == found)
    }

    @Test func `patterns that hang others end here`() throws {
        let text = String(repeating: "a", count: 2000)
        for pattern in ["(a+)+$x", "(a|a)*b", "(a?){50}a{50}b", "(.*)*c", "(.*)(.*)(.*)(.*)d"] {
            #expect(try Pattern(pattern).isFound(in: text) == false)
        }
    }

    @Test func `no pattern and no text trap`() {
        var generator = SeededGenerator(seed: 41)
        let pieces = Array("ab01^$.*+?|()[]{}-\\dwsbB,:i é")
        for _ in 0..<15_000 {
            let pattern = String(
                (0..<Int.random(in: 0...10, using: &generator)).map { _ in
                    pieces.randomElement(using: &generator) ?? "a"
                })
            let text = String(
                (0..<Int.random(in: 0...12, using: &generator)).map { _ in
                    pieces.randomElement(using: &generator) ?? "a"
                })
            _ = try? Pattern(pattern).isFound(in: text)
        }
    }
}
