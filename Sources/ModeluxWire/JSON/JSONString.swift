public import NIOCore

/// Writing and reading the text of JSON strings and numbers.
public enum JSONString {
    /// Appends `text` as a JSON string with its quotes. Quotes, backslashes and control characters are escaped; all
    /// else stays as it is. One copy when nothing needs an escape.
    public static func append(escaped text: String, to buffer: inout ByteBuffer) {
        var text = text
        let isPlain = text.withUTF8 { bytes in
            unsafe bytes.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        }
        if isPlain {
            buffer.writeInteger(UInt8(ascii: "\""))
            buffer.writeString(text)
            buffer.writeInteger(UInt8(ascii: "\""))
        } else {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(text.utf8.count + text.utf8.count / 8 + 8)
            append(escaped: text, to: &bytes)
            buffer.writeBytes(bytes)
        }
    }

    /// The same for an array, into which many small pieces go faster; what lies between two escapes is copied at once.
    static func append(escaped text: String, to result: inout [UInt8]) {
        result.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { bytes in
            var start = 0
            for index in 0..<bytes.count {
                let byte = unsafe bytes[index]
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
                if start < index { unsafe result.append(contentsOf: bytes[start..<index]) }
                append(escaped: byte, to: &result)
                start = index + 1
            }
            if start < bytes.count { unsafe result.append(contentsOf: bytes[start...]) }
        }
        result.append(UInt8(ascii: "\""))
    }

    private static func append(escaped byte: UInt8, to result: inout [UInt8]) {
        result.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x0A: result.append(UInt8(ascii: "n"))
        case 0x0D: result.append(UInt8(ascii: "r"))
        case 0x09: result.append(UInt8(ascii: "t"))
        case 0x00..<0x20:
            result.append(contentsOf: [UInt8(ascii: "u"), UInt8(ascii: "0"), UInt8(ascii: "0")])
            for digit in [byte >> 4, byte & 15] {
                result.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit)
            }
        default: result.append(byte)
        }
    }

    /// `text` as a JSON string with its quotes.
    public static func quoted(_ text: String) -> String {
        var buffer = ByteBuffer()
        append(escaped: text, to: &buffer)
        return String(buffer: buffer)
    }

    /// The text of a checked string (without its quotes), escapes resolved; half a surrogate pair becomes U+FFFD.
    static func unescaped(_ bytes: ByteView, _ range: Range<Int>) -> String {
        // Into bytes, one string at the end: appending to a string's scalars copied the whole of it at each escape.
        var text: [UInt8] = []
        text.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = bytes[index]
            index += 1
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                continue
            }
            let escaped = bytes[index]
            index += 1
            switch escaped {
            case UInt8(ascii: "b"): text.append(0x08)
            case UInt8(ascii: "f"): text.append(0x0C)
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "r"): text.append(0x0D)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "u"):
                var unit = fourDigits(bytes, index)
                index += 4
                let low = fourDigits(bytes, index + 2)
                if (0xD800..<0xDC00).contains(unit), bytes[index] == UInt8(ascii: "\\"),
                    bytes[index + 1] == UInt8(ascii: "u"), (0xDC00..<0xE000).contains(low),
                    index + 6 <= range.upperBound
                {
                    unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
                    index += 6
                }
                text.append(contentsOf: String(Character(Unicode.Scalar(unit) ?? "\u{FFFD}")).utf8)
            default: text.append(escaped)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func fourDigits(_ bytes: ByteView, _ index: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 << 4 | UInt32(hexadecimalValue(bytes[index + $1]) ?? 0) }
    }

    static func hexadecimalValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// The whole number that a checked number's text says: `12`, `12.0` and `-3` are; `12.5`, `1e3` and what does not
    /// fit are nil.
    static func integer(_ bytes: ByteView, _ range: Range<Int>) -> Int64? {
        var index = range.lowerBound
        let isNegative = bytes[index] == UInt8(ascii: "-")
        if isNegative { index += 1 }
        var value: Int64 = 0
        while index < range.upperBound, bytes[index] != UInt8(ascii: ".") {
            let digit = bytes[index] &- UInt8(ascii: "0")
            guard digit <= 9 else { return nil }
            let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tenfold.addingReportingOverflow(Int64(digit))
            guard !overflow, !carry else { return nil }
            value = sum
            index += 1
        }
        if index < range.upperBound {
            index += 1
            while index < range.upperBound {
                guard bytes[index] == UInt8(ascii: "0") else { return nil }
                index += 1
            }
        }
        return isNegative ? -value : value
    }
}
