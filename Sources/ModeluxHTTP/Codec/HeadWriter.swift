import NIOCore

/// Writes heads into a buffer. Fields that the codec owns are left out of what it copies from a block.
enum HeadWriter {
    /// A size that a head fits in, to make its buffer in one allocation.
    static func estimate(_ headers: HeaderBlock) -> Int {
        160 + headers.bytes.readableBytes + headers.count * 4
    }

    /// `HTTP/1.1 200 OK` and the fields, without the empty line.
    static func writeResponse(_ head: ResponseHead, to buffer: inout ByteBuffer) {
        if head.status == 200 {
            buffer.writeStaticString("HTTP/1.1 200 OK\r\n")
        } else {
            buffer.writeStaticString("HTTP/1.1 ")
            writeDecimal(min(max(head.status, 100), 599), to: &buffer)
            buffer.writeStaticString(" ")
            buffer.writeStaticString(reason(head.status))
            buffer.writeStaticString("\r\n")
        }
        writeFields(head.headers, to: &buffer)
    }

    /// The fields of a block that the codec does not own.
    static func writeFields(_ headers: HeaderBlock, to buffer: inout ByteBuffer) {
        let source = headers.bytes.readableBytesUInt8Span
        if headers.isWireForm, !headers.fields.contains(where: { $0.kind.isOwnedByCodec }) {
            buffer.writeBytes(source.bytes)
            return
        }
        for field in headers.fields where !field.kind.isOwnedByCodec {
            buffer.writeBytes(source.extracting(field.nameRange).bytes)
            buffer.writeInteger(0x3A20 as UInt16)
            buffer.writeBytes(source.extracting(field.valueRange).bytes)
            buffer.writeInteger(0x0D0A as UInt16)
        }
    }

    /// `content-length: n` and its line end.
    static func writeContentLength(_ length: Int, to buffer: inout ByteBuffer) {
        buffer.writeStaticString("content-length: ")
        writeDecimal(length, to: &buffer)
        buffer.writeStaticString("\r\n")
    }

    /// A number that is not negative, in decimal.
    static func writeDecimal(_ number: Int, to buffer: inout ByteBuffer) {
        var rest = UInt64(max(number, 0))
        var digits: UInt64 = 0
        var count = 0
        // Up to 8 digits are gathered in one word, the last digit in the lowest byte, and written at once.
        repeat {
            digits |= (0x30 + rest % 10) << UInt64(8 * count)
            rest /= 10
            count += 1
        } while rest > 0 && count < 8
        if rest > 0 { writeDecimal(Int(rest), to: &buffer) }
        for index in stride(from: count - 1, through: 0, by: -1) {
            buffer.writeInteger(UInt8(truncatingIfNeeded: digits >> UInt64(8 * index)))
        }
    }

    /// A chunk size in hexadecimal and its line end.
    static func writeChunkSize(_ size: Int, to buffer: inout ByteBuffer) {
        var shift = max(0, (Int.bitWidth - 1 - size.leadingZeroBitCount) / 4 * 4)
        while shift >= 0 {
            let digit = UInt8(truncatingIfNeeded: (size >> shift) & 15)
            buffer.writeInteger(digit < 10 ? 0x30 + digit : 0x57 + digit)
            shift -= 4
        }
        buffer.writeInteger(0x0D0A as UInt16)
    }

    private static func reason(_ status: Int) -> StaticString {
        switch status {
        case 100: "Continue"
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 402: "Payment Required"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 413: "Content Too Large"
        case 415: "Unsupported Media Type"
        case 417: "Expectation Failed"
        case 422: "Unprocessable Content"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: "Status"
        }
    }
}
