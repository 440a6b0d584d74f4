import CZstd

/// Compresses blocks of many bodies: small bodies alone compress badly and cost a set-up each.
@safe
final class BodyBlock {
    private let context: OpaquePointer
    private var target: [UInt8] = []

    /// Nil when there is no memory for the compressor.
    init?() {
        guard let context = unsafe ZSTD_createCCtx() else { return nil }
        unsafe self.context = context
    }

    deinit { unsafe ZSTD_freeCCtx(context) }

    /// The compressed bytes; nil when the compressor fails.
    func compress(_ bytes: [UInt8], level: Int32) -> [UInt8]? {
        let bound = ZSTD_compressBound(bytes.count)
        if target.count < bound { target = [UInt8](repeating: 0, count: bound) }
        let written = unsafe target.withUnsafeMutableBytes { target in
            unsafe bytes.withUnsafeBytes { source in
                unsafe ZSTD_compressCCtx(
                    context, target.baseAddress, target.count, source.baseAddress, source.count, level)
            }
        }
        return ZSTD_isError(written) == 0 ? Array(target[..<written]) : nil
    }

    /// The bytes of a compressed block that is known to hold `count`; nil when it is damaged.
    static func decompress(_ bytes: [UInt8], count: Int) -> [UInt8]? {
        guard count >= 0, count <= 1 << 30 else { return nil }
        var target = [UInt8](repeating: 0, count: count)
        let written = unsafe target.withUnsafeMutableBytes { target in
            unsafe bytes.withUnsafeBytes { source in
                unsafe ZSTD_decompress(target.baseAddress, target.count, source.baseAddress, source.count)
            }
        }
        return ZSTD_isError(written) == 0 && written == count ? target : nil
    }
}
