/// Reads JSON bytes into a tree. Every index is checked; no input traps.
struct JSONReader {
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func document() throws(Failure) -> JSONTree {
        let value = try value()
        skipSpace()
        guard position == bytes.count else { throw problem("nothing may follow the value") }
        return value
    }

    private mutating func value() throws(Failure) -> JSONTree {
        skipSpace()
        switch peek {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func object() throws(Failure) -> JSONTree {
        try enter()
        var members: [JSONTree.Member] = []
        var seen: Set<String> = []
        skipSpace()
        if take(UInt8(ascii: "}")) {
            depth -= 1
            return .object([])
        }
        repeat {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { throw problem("a key in double quotes is expected") }
            let key = try string()
            guard seen.insert(key).inserted else { throw problem("the key \"\(key.prefix(60))\" occurs twice") }
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw problem("a colon is expected") }
            members.append(JSONTree.Member(key, try value()))
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw problem("a comma or } is expected") }
        depth -= 1
        return .object(members)
    }

    private mutating func array() throws(Failure) -> JSONTree {
        try enter()
        var values: [JSONTree] = []
        skipSpace()
        if take(UInt8(ascii: "]")) {
            depth -= 1
            return .array([])
        }
        repeat {
            values.append(try value())
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw problem("a comma or ] is expected") }
        depth -= 1
        return .array(values)
    }

    private mutating func enter() throws(Failure) {
        position += 1
        depth += 1
        guard depth <= JSONTree.maximumDepth else {
            throw problem("arrays and objects are nested deeper than \(JSONTree.maximumDepth)")
        }
    }

    private mutating func string() throws(Failure) -> String {
        position += 1
        var content: [UInt8] = []
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: content, as: UTF8.self) else {
                    throw problem("a string is not UTF-8")
                }
                return text
            case UInt8(ascii: "\\"): try escape(into: &content)
            case 0..<0x20: throw problem("a control character in a string must be escaped")
            default: content.append(byte)
            }
        }
        throw problem("a string has no end")
    }

    private mutating func escape(into content: inout [UInt8]) throws(Failure) {
        guard let byte = peek else { throw problem("a string has no end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
        case UInt8(ascii: "b"): content.append(8)
        case UInt8(ascii: "f"): content.append(12)
        case UInt8(ascii: "n"): content.append(10)
        case UInt8(ascii: "r"): content.append(13)
        case UInt8(ascii: "t"): content.append(9)
        case UInt8(ascii: "u"):
            var code = UInt32(try hexadecimal())
            if code >= 0xD800, code < 0xDC00 {
                guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw problem("half a surrogate pair") }
                let low = UInt32(try hexadecimal())
                guard low >= 0xDC00, low < 0xE000 else { throw problem("half a surrogate pair") }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw problem("half a surrogate pair") }
            content.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        default: throw problem("an unknown escape in a string")
        }
    }

    private mutating func hexadecimal() throws(Failure) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 128 else {
                throw problem("four hexadecimal digits are expected after \\u")
            }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }

    private mutating func number() throws(Failure) -> JSONTree {
        let start = position
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) {
            guard digits() > 0 else { throw problem("a value is expected") }
        }
        if take(UInt8(ascii: ".")) {
            guard digits() > 0 else { throw problem("digits are expected after the point") }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard digits() > 0 else { throw problem("digits are expected in the exponent") }
        }
        guard position - start <= 64 else { throw problem("a number has more than 64 characters") }
        return .number(String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private mutating func digits() -> Int {
        let start = position
        while let byte = peek, byte >= 48, byte <= 57 { position += 1 }
        return position - start
    }

    private mutating func word(_ text: String, _ value: JSONTree) throws(Failure) -> JSONTree {
        guard bytes[position...].starts(with: text.utf8) else { throw problem("a value is expected") }
        position += text.utf8.count
        return value
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private func problem(_ text: String) -> Failure {
        Failure(.invalidJSON, "the body is not valid JSON: at byte \(position), \(text)")
    }
}
