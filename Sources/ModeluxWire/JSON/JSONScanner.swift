/// Reads JSON in one pass, in place, without building anything: a caller pulls members and elements that it wants to
/// see and skips the rest. What it passes over, skipped or not, is checked completely: structure, escapes, control
/// characters, UTF-8 and numbers (RFC 8259), to a depth of 128. Never traps; allocates only in `string(_:)`.
struct JSONScanner {
    /// The deepest nesting that is read.
    static let maximumDepth = 128

    /// What is read.
    let bytes: ByteView
    /// The next byte to read.
    private(set) var position = 0
    /// Bytes of all string values (not of member names) passed over so far, without attachments.
    private(set) var textBytes = 0
    /// Bytes of `data:` URLs passed over so far.
    private(set) var attachmentBytes = 0
    /// How many string values `image_url` were passed over by skipping: parts of that type.
    private(set) var imageParts = 0

    private var depth = 0
    private var isFirst = false

    /// The kinds of value.
    enum Kind {
        case object, array, string, number, bool, null
    }

    /// A value's place: from its first byte to after its last, quotes and brackets included.
    struct Value {
        let kind: Kind
        let range: Range<Int>
        /// Whether it is a string with a backslash in it.
        let hasEscapes: Bool
    }

    /// A member's name: `range` is what stands between the quotes.
    struct Name {
        let range: Range<Int>
        let hasEscapes: Bool
    }

    init(_ bytes: ByteView) {
        self.bytes = bytes
    }

    // MARK: Pulling

    /// The first byte of the value that comes next: `{`, `[`, `"`, …; 0 at the end.
    mutating func peek() -> UInt8 {
        skipWhitespace()
        return bytes[position]
    }

    /// Enters the object that comes next.
    mutating func beginObject() throws(JSONFault) {
        try open(UInt8(ascii: "{"), else: .notAnObject)
    }

    /// Enters the array that comes next.
    mutating func beginArray() throws(JSONFault) {
        try open(UInt8(ascii: "["), else: .unexpectedCharacter)
    }

    /// The name of the next member of the object entered last, with its value next to read; nil leaves the object.
    mutating func nextName() throws(JSONFault) -> Name? {
        guard try advance(to: UInt8(ascii: "}"), else: .expectedCommaOrClosingBrace) else { return nil }
        return try name()
    }

    /// Whether the array entered last has a next element, which is then next to read; false leaves the array.
    mutating func nextElement() throws(JSONFault) -> Bool {
        try advance(to: UInt8(ascii: "]"), else: .expectedCommaOrClosingBracket)
    }

    /// Passes over the value that comes next and says what and where it was.
    @discardableResult
    mutating func skipValue() throws(JSONFault) -> Value {
        skipWhitespace()
        let start = position
        var hasEscapes = false
        let kind: Kind
        switch bytes[position] {
        case UInt8(ascii: "\""):
            hasEscapes = try stringValue()
            kind = .string
        case UInt8(ascii: "{"):
            try skipContainer()
            kind = .object
        case UInt8(ascii: "["):
            try skipContainer()
            kind = .array
        default: kind = try scalar()
        }
        return Value(kind: kind, range: start..<position, hasEscapes: hasEscapes)
    }

    /// Checks that only white space is left.
    mutating func end() throws(JSONFault) {
        skipWhitespace()
        guard position == bytes.count else { throw JSONFault(.trailingCharacters, at: position) }
    }

    /// Whether a name is `text`, escapes resolved.
    @inline(__always)
    func matches(_ name: Name, _ text: StaticString) -> Bool {
        guard name.hasEscapes else { return bytes.equals(name.range, text) }
        return JSONString.unescaped(bytes, name.range) == text.description
    }

    /// Whether a name begins with `text`, escapes resolved.
    func hasPrefix(_ name: Name, _ text: StaticString) -> Bool {
        guard name.hasEscapes else {
            return name.range.count >= text.utf8CodeUnitCount && bytes.hasPrefix(at: name.range.lowerBound, text)
        }
        return JSONString.unescaped(bytes, name.range).hasPrefix(text.description)
    }

    /// A name as text, escapes resolved.
    func string(_ name: Name) -> String {
        name.hasEscapes ? JSONString.unescaped(bytes, name.range) : bytes.string(name.range)
    }

    /// The text of a string value, escapes resolved; nil for other kinds.
    func string(_ value: Value) -> String? {
        guard value.kind == .string, value.range.count >= 2 else { return nil }
        let inner = value.range.lowerBound + 1..<value.range.upperBound - 1
        return value.hasEscapes ? JSONString.unescaped(bytes, inner) : bytes.string(inner)
    }

    /// The value of a literal; nil for other kinds.
    func bool(_ value: Value) -> Bool? {
        value.kind == .bool ? bytes[value.range.lowerBound] == UInt8(ascii: "t") : nil
    }

    // MARK: Structure

    private mutating func open(_ bracket: UInt8, else reason: JSONFault.Reason) throws(JSONFault) {
        skipWhitespace()
        guard bytes[position] == bracket else {
            throw JSONFault(position >= bytes.count ? .unexpectedEnd : reason, at: position)
        }
        guard depth < JSONScanner.maximumDepth else { throw JSONFault(.tooDeep, at: position) }
        depth += 1
        position += 1
        isFirst = true
    }

    private mutating func advance(to closing: UInt8, else reason: JSONFault.Reason) throws(JSONFault) -> Bool {
        skipWhitespace()
        let byte = bytes[position]
        if byte == closing {
            position += 1
            depth -= 1
            isFirst = false
            return false
        }
        if isFirst {
            isFirst = false
            return true
        }
        guard byte == UInt8(ascii: ",") else {
            throw JSONFault(position >= bytes.count ? .unexpectedEnd : reason, at: position)
        }
        position += 1
        skipWhitespace()
        return true
    }

    private mutating func name() throws(JSONFault) -> Name {
        guard bytes[position] == UInt8(ascii: "\"") else {
            throw JSONFault(position >= bytes.count ? .unexpectedEnd : .expectedMemberName, at: position)
        }
        let start = position + 1
        let hasEscapes = try text()
        let range = start..<position - 1
        skipWhitespace()
        guard bytes[position] == UInt8(ascii: ":") else {
            throw JSONFault(position >= bytes.count ? .unexpectedEnd : .expectedColon, at: position)
        }
        position += 1
        skipWhitespace()
        return Name(range: range, hasEscapes: hasEscapes)
    }

    /// Passes over a whole object or array with a stack of one bit per level instead of recursion.
    private mutating func skipContainer() throws(JSONFault) {
        var objects: UInt128 = 0
        var level = 0
        while true {
            let byte = bytes[position]
            if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                guard depth + level < JSONScanner.maximumDepth else { throw JSONFault(.tooDeep, at: position) }
                level += 1
                let isObject = byte == UInt8(ascii: "{")
                objects = objects << 1 | (isObject ? 1 : 0)
                position += 1
                skipWhitespace()
                // `{` and `}`, `[` and `]` are two apart.
                if bytes[position] != byte + 2 {
                    if isObject { _ = try name() }
                    continue
                }
                position += 1
                level -= 1
                objects >>= 1
            } else if byte == UInt8(ascii: "\"") {
                _ = try stringValue()
            } else {
                _ = try scalar()
            }
            while level > 0 {
                skipWhitespace()
                let isObject = objects & 1 == 1
                let next = bytes[position]
                if next == UInt8(ascii: ",") {
                    position += 1
                    skipWhitespace()
                    if isObject { _ = try name() }
                    break
                }
                guard next == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                    throw fault(isObject ? .expectedCommaOrClosingBrace : .expectedCommaOrClosingBracket)
                }
                position += 1
                level -= 1
                objects >>= 1
            }
            if level == 0 { return }
        }
    }

    @inline(__always)
    private mutating func skipWhitespace() {
        while true {
            let byte = bytes[position]
            // The common case first: anything above a space ends white space.
            if byte > 0x20 { return }
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            position += 1
        }
    }

    private func fault(_ reason: JSONFault.Reason) -> JSONFault {
        JSONFault(position >= bytes.count ? .unexpectedEnd : reason, at: position)
    }

    // MARK: Scalars

    /// Passes over a string value and counts it.
    private mutating func stringValue() throws(JSONFault) -> Bool {
        let start = position + 1
        let hasEscapes = try text()
        let length = position - 1 - start
        if length > 5, bytes[start + 4] == UInt8(ascii: ":"), bytes.hasPrefix(at: start, "data:") {
            attachmentBytes += length
        } else {
            textBytes += length
            if length == 9, bytes.equals(start..<start + 9, "image_url") { imageParts += 1 }
        }
        return hasEscapes
    }

    /// Passes over a string from its opening to after its closing quote; true when a backslash was in it.
    private mutating func text() throws(JSONFault) -> Bool {
        var index = position + 1
        var hasEscapes = false
        while true {
            index = bytes.endOfPlainText(from: index)
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                position = index + 1
                return hasEscapes
            } else if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                index = try escape(index)
            } else if byte >= 0x80 {
                index = try multibyte(index)
            } else if byte < 0x20 {
                throw JSONFault(index >= bytes.count ? .unexpectedEnd : .controlCharacter, at: index)
            } else {
                index += 1
            }
        }
    }

    private func escape(_ index: Int) throws(JSONFault) -> Int {
        switch bytes[index + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return index + 2
        case UInt8(ascii: "u"):
            for offset in 2..<6 where JSONString.hexadecimalValue(bytes[index + offset]) == nil {
                throw JSONFault(index + offset >= bytes.count ? .unexpectedEnd : .invalidEscape, at: index)
            }
            return index + 6
        default:
            throw JSONFault(index + 1 >= bytes.count ? .unexpectedEnd : .invalidEscape, at: index)
        }
    }

    /// The index after one multibyte character (The Unicode Standard, table 3-7: no overlong forms, no surrogates).
    private func multibyte(_ index: Int) throws(JSONFault) -> Int {
        let first = bytes[index]
        let second = bytes[index + 1]
        func continues(_ offset: Int) -> Bool { bytes[index + offset] & 0xC0 == 0x80 }
        let isValid: Bool
        let length: Int
        switch first {
        case 0xC2...0xDF: (isValid, length) = (continues(1), 2)
        case 0xE0: (isValid, length) = ((0xA0...0xBF).contains(second) && continues(2), 3)
        case 0xED: (isValid, length) = ((0x80...0x9F).contains(second) && continues(2), 3)
        case 0xE1...0xEF: (isValid, length) = (continues(1) && continues(2), 3)
        case 0xF0: (isValid, length) = ((0x90...0xBF).contains(second) && continues(2) && continues(3), 4)
        case 0xF1...0xF3: (isValid, length) = (continues(1) && continues(2) && continues(3), 4)
        case 0xF4: (isValid, length) = ((0x80...0x8F).contains(second) && continues(2) && continues(3), 4)
        default: (isValid, length) = (false, 1)
        }
        guard isValid else { throw JSONFault(.invalidUTF8, at: index) }
        return index + length
    }

    /// Passes over a number or a literal.
    private mutating func scalar() throws(JSONFault) -> Kind {
        switch bytes[position] {
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            try number()
            return .number
        case UInt8(ascii: "t"): return try literal("true", .bool)
        case UInt8(ascii: "f"): return try literal("false", .bool)
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: throw fault(.expectedValue)
        }
    }

    private mutating func literal(_ text: StaticString, _ kind: Kind) throws(JSONFault) -> Kind {
        guard bytes.hasPrefix(at: position, text) else { throw JSONFault(.unexpectedCharacter, at: position) }
        position += text.utf8CodeUnitCount
        return kind
    }

    private mutating func number() throws(JSONFault) {
        let start = position
        var index = position
        if bytes[index] == UInt8(ascii: "-") { index += 1 }
        if bytes[index] == UInt8(ascii: "0") {
            index += 1
        } else {
            index = try digits(from: index, of: start)
        }
        if bytes[index] == UInt8(ascii: ".") { index = try digits(from: index + 1, of: start) }
        if bytes[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            if bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") { index += 1 }
            index = try digits(from: index, of: start)
        }
        position = index
    }

    @inline(__always)
    private func digits(from first: Int, of start: Int) throws(JSONFault) -> Int {
        var index = first
        while bytes[index] &- UInt8(ascii: "0") <= 9 { index &+= 1 }
        guard index > first else {
            throw JSONFault(index >= bytes.count ? .unexpectedEnd : .invalidNumber, at: start)
        }
        return index
    }
}
