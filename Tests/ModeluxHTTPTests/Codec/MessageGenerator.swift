import NIOCore

/// A small generator whose sequence depends on its seed alone, so that a failing input can be made again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(bound, 1))) }

    mutating func pick<Element>(_ choices: [Element]) -> Element { choices[below(choices.count)] }

    mutating func isOne(in bound: Int) -> Bool { below(bound) == 0 }
}

/// Makes messages that are valid or nearly so, and damages some of them.
struct MessageGenerator {
    var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    /// One to three requests, perhaps damaged.
    mutating func requests() -> [UInt8] {
        var text = ""
        for _ in 0..<(random.isOne(in: 4) ? 1 + random.below(3) : 1) { text += request() }
        return damaged(text)
    }

    /// One response, perhaps with an interim one before it, perhaps damaged.
    mutating func response() -> [UInt8] {
        let interim = random.isOne(in: 8) ? "HTTP/1.1 100 Continue\r\n\r\n" : ""
        let version = mostly(["HTTP/1.1", "HTTP/1.1", "HTTP/1.0"], ["HTTP/2.0", "http/1.1", "HTTP/1.1 "])
        let status = mostly(
            ["200", "200", "201", "204", "304", "400", "429", "500"], ["101", "099", "600", "20", "2000"])
        let reason = mostly([" OK", " ", "", " Not \u{e9} here"], [" a\tb", "\t", " a\u{1}"])
        return damaged(interim + "\(version) \(status)\(reason)\r\n" + plainFields() + framed())
    }

    private mutating func request() -> String {
        let method = mostly(
            ["GET", "POST", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "PATCH"], ["get", "FOO", "", "TRACE"])
        let target = mostly(
            ["/", "/v1/chat/completions", "/a?b=c&d=%20", "/%7e/x?include[]=y", "//", "/a;b=c,d", "/?"],
            ["/a b", "*", "http://h/p", "/x#f", "/\u{e9}", "/a%zz", "h:443", "", "/\t"]
        )
        let version = mostly(
            ["HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0"], ["HTTP/2.0", "HTTP/1.2", "http/1.1", ""])
        let host = mostly(
            ["host: h", "Host: example.com:8080", "Host: [::1]:80"], ["host:h\r\nhost:i", "X: y", "Host: a b"])
        return "\(method) \(target) \(version)\r\n\(host)\r\n" + plainFields() + framed()
    }

    private mutating func plainFields() -> String {
        var text = ""
        for _ in 0..<random.below(4) {
            text += mostly(
                [
                    "Accept: */*", "X-A: 1", "content-type: application/json", "Connection: close", "X:",
                    "Connection: keep-alive", "connection: Keep-Alive, x-a", "Expect: 100-continue", "X-Empty:   ",
                    "X-Tab:\ta\tb \t", "X-Obs: \u{e9}\u{ff}", "Upgrade: h2c", "TE: trailers", "Trailer: x",
                    "X-Long: \(String(repeating: "v", count: 60))", "!#$%&'*+-.^_`|~: t",
                    "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk",
                ],
                [
                    "X : 1", " folded", "(bad): 1", "X-Nul: a\u{0}b", "nocolon", ": noname", "Expect: more", "X: a\rb",
                    "X: a\nb",
                ]
            )
            text += "\r\n"
        }
        return text
    }

    /// Framing fields, the empty line and the body.
    private mutating func framed() -> String {
        switch random.below(10) {
        case 0..<3: return "\r\n"
        case 3..<6:
            let body = String(repeating: "b", count: random.below(40))
            let length = mostly(
                ["\(body.utf8.count)"], ["+5", "5, 5", "0x5", "  5", "", "-1", "05", "18446744073709551617"])
            return "Content-Length: \(length)\r\n\r\n\(body)"
        case 6..<9:
            let coding = mostly(
                ["chunked", "Chunked", " chunked "],
                [
                    "gzip, chunked", "chunked, identity", "identity", "xchunked", "chunked, chunked", "chunked;a=b", "",
                    ",chunked",
                ]
            )
            return "Transfer-Encoding: \(coding)\r\n\r\n" + chunks()
        default:
            let other = random.pick(["Content-Length: 3", "Transfer-Encoding: chunked", "content-length: 4"])
            return "Content-Length: 3\r\n\(other)\r\n\r\nabc"
        }
    }

    private mutating func chunks() -> String {
        var text = ""
        for _ in 0..<random.below(4) {
            let data = String(repeating: "c", count: 1 + random.below(20))
            let size = String(data.utf8.count, radix: 16)
            let written = mostly(
                [size, size.uppercased(), "000" + size],
                ["0x" + size, "-" + size, size + " ", "+1", "", "ffffffffffffffff"])
            let annex = mostly(
                ["", "", ";a", ";a=b", ";a=\"q \\\" q\"", ";a;b=c"], [";", ";a=", " ;a", ";a=\u{1}", ";\n", ";a=\"b"])
            text += "\(written)\(annex)\r\n\(data)\r\n"
        }
        return text
            + mostly(
                ["0\r\n\r\n", "00\r\n\r\n", "0;x\r\n\r\n", "0\r\nX-T: 1\r\n\r\n"],
                ["0\r\nContent-Length: 5\r\n\r\n", "0\r\n", "\r\n", "0\r\n folded\r\n\r\n", "0\n\n"]
            )
    }

    /// One of the usual choices; once in twelve one of the odd.
    private mutating func mostly(_ usual: [String], _ odd: [String]) -> String {
        random.isOne(in: 12) ? random.pick(odd) : random.pick(usual)
    }

    /// Leaves half of the texts alone and changes a few bytes of the others.
    private mutating func damaged(_ text: String) -> [UInt8] {
        // One byte per character, so that bytes above 127 stay single.
        var bytes = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
        guard random.isOne(in: 2), !bytes.isEmpty else { return bytes }
        for _ in 0..<1 + random.below(3) {
            let at = random.below(bytes.count)
            let byte = random.pick(MessageGenerator.suspects)
            switch random.below(6) {
            case 0, 1: bytes[at] = byte
            case 2: bytes.insert(byte, at: at)
            case 3: bytes.remove(at: at)
            case 4: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + random.below(20))], at: at)
            default: bytes.removeSubrange(at..<min(bytes.count, at + random.below(4)))
            }
            if bytes.isEmpty { return bytes }
        }
        return bytes
    }

    private static let suspects: [UInt8] =
        Array("\r\n\t\u{0}\u{1}\u{b}\u{c}\u{7f} :,;=\"\\/?#%*+-.0159aAfFgGzZ[]{}|^`<>@_".utf8) + [0x80, 0xA0, 0xFF]
}
