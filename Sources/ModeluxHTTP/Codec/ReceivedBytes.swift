import NIOCore

/// The bytes of a connection that no reader has taken yet.
///
/// Holds no memory while it is empty, and never keeps bytes that were taken: an idle connection and a long chunked body
/// both stay small.
struct ReceivedBytes {
    /// What is there to read.
    var buffer = ByteBuffer()

    /// How many bytes are there to read.
    var count: Int { buffer.readableBytes }

    /// Adds what was read from the socket. No copy when nothing was left over.
    mutating func append(_ data: ByteBuffer) {
        if buffer.readableBytes == 0 {
            buffer = data
        } else if buffer.readerIndex == 0 {
            buffer.writeImmutableBuffer(data)
        } else {
            var joined = ByteBuffer()
            joined.reserveCapacity(buffer.readableBytes + data.readableBytes)
            joined.writeImmutableBuffer(buffer)
            joined.writeImmutableBuffer(data)
            buffer = joined
        }
    }

    /// Lets the storage go if all of it was taken.
    mutating func trim() {
        if buffer.readableBytes == 0 { buffer = ByteBuffer() }
    }

    /// Drops everything.
    mutating func removeAll() {
        buffer = ByteBuffer()
    }
}
