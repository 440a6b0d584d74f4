import NIOCore

/// Writes frames of AWS's event stream encoding, with a checksum of its own, bit by bit.
enum EventStreamFixture {
    /// A frame with these headers, all of them strings.
    static func frame(_ headers: [(String, String)], _ payload: String) -> ByteBuffer {
        var block = ByteBuffer()
        for (name, value) in headers {
            block.writeInteger(UInt8(name.utf8.count))
            block.writeString(name)
            block.writeInteger(UInt8(7))
            block.writeInteger(UInt16(value.utf8.count))
            block.writeString(value)
        }
        return frame(headers: block, payload)
    }

    /// A frame with a block of headers as it is.
    static func frame(headers: ByteBuffer, _ payload: String) -> ByteBuffer {
        var frame = ByteBuffer()
        frame.writeInteger(UInt32(16 + headers.readableBytes + payload.utf8.count))
        frame.writeInteger(UInt32(headers.readableBytes))
        frame.writeInteger(checksum(frame))
        frame.writeImmutableBuffer(headers)
        frame.writeString(payload)
        frame.writeInteger(checksum(frame))
        return frame
    }

    /// An event's frame.
    static func event(_ type: String, _ payload: String) -> ByteBuffer {
        frame(
            [(":event-type", type), (":content-type", "application/json"), (":message-type", "event")], payload)
    }

    /// Frames one after the other.
    static func stream(_ frames: [ByteBuffer]) -> ByteBuffer {
        var stream = ByteBuffer()
        for frame in frames { stream.writeImmutableBuffer(frame) }
        return stream
    }

    static func checksum(_ bytes: ByteBuffer) -> UInt32 {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes.readableBytesView {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        return ~crc
    }
}
