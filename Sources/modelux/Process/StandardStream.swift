import Glibc

/// Standard output and standard error without buffers: what is written is there when the call returns, also for a
/// reader at the other end of a pipe.
enum StandardStream {
    /// Writes to standard output.
    static func output(_ text: String) { write(text, to: STDOUT_FILENO) }

    /// Writes to standard error.
    static func error(_ text: String) { write(text, to: STDERR_FILENO) }

    /// A stream that cannot be written to must not stop the program; there is nobody left to tell.
    private static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)[...]
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }
}
