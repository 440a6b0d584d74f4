import NIOCore

/// The memory of the message that was written last, for the one that is written next: nearly every write is over when
/// it returns, and the kernel has its copy. It is still in the cache, and the allocator, whose quick lists end at 1 KiB,
/// is not asked. On the loop only.
struct WriteBuffer {
    private var kept = ByteBuffer()

    /// Longer ones are let go.
    private static let longest = 64 * 1_024

    /// An empty buffer with room. Memory that is still being written is not touched: the buffer then gets its own.
    mutating func take(capacity: Int) -> ByteBuffer {
        var buffer = ByteBuffer()
        swap(&buffer, &kept)
        buffer.clear(minimumCapacity: capacity)
        return buffer
    }

    /// Takes a buffer back that has been handed to the channel.
    mutating func keep(_ buffer: ByteBuffer) {
        if buffer.capacity <= WriteBuffer.longest { kept = buffer }
    }
}
