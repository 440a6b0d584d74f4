import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Makes the next close of a channel a reset (RST) instead of an orderly end (FIN).
enum ResetOnClose {
    /// Sets `SO_LINGER` to zero seconds. On the channel's loop.
    static func arm(_ channel: any Channel) {
        guard let options = channel as? any SocketOptionProvider else { return }
        _ = options.setSoLinger(linger(l_onoff: 1, l_linger: 0))
    }
}
