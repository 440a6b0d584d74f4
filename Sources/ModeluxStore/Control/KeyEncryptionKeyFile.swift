import Crypto
import FoundationEssentials
import Glibc

/// The file that holds the key-encryption key: 32 random bytes in hexadecimal, readable by its owner alone.
struct KeyEncryptionKeyFile {
    /// Where it is.
    let path: String

    /// Whether there is such a file.
    var exists: Bool {
        var status = stat()
        return unsafe lstat(path, &status) == 0
    }

    /// Reads the key.
    /// - Throws: `StoreFailure` when the file is missing, readable by others, no regular file, or holds no key.
    func read() throws -> SymmetricKey {
        let descriptor = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw failure("it cannot be opened (error \(errno))", "restore it from its backup, with mode 0600")
        }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw failure("it is no regular file", "put the key-encryption key back as a plain file")
        }
        guard status.st_mode & 0o077 == 0 else {
            let mode = String(status.st_mode & 0o777, radix: 8)
            throw failure("its mode is 0\(mode), so others can read the key", "run: chmod 600 \(path)")
        }
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw failure("it belongs to user \(status.st_uid)", "run: chown \(geteuid()) \(path)")
        }
        var content = [UInt8](repeating: 0, count: 256)
        let count = unsafe content.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
        guard count > 0, let key = KeyEncryptionKeyFile.parse(content.prefix(count)) else {
            throw failure("it holds no key (64 hexadecimal digits)", "restore it from its backup")
        }
        return key
    }

    /// Makes a new key and its file, and returns when both the file and its folder are on the disk.
    func create() throws -> SymmetricKey {
        let key = SymmetricKey(size: .bits256)
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw failure("it cannot be created (error \(errno))", "check that the data folder can be written")
        }
        defer { close(descriptor) }
        var line: [UInt8] = unsafe key.withUnsafeBytes { bytes in
            unsafe bytes.flatMap { byte in
                [byte >> 4, byte & 15].map { $0 < 10 ? $0 + UInt8(ascii: "0") : $0 - 10 + UInt8(ascii: "a") }
            }
        }
        line.append(UInt8(ascii: "\n"))
        let written = unsafe line.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        guard written == line.count, fsync(descriptor) == 0 else {
            unsafe unlink(path)
            throw failure("it cannot be written (error \(errno))", "free space on this disk")
        }
        let folder = unsafe open(String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)), O_RDONLY)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
        return key
    }

    private static func parse(_ content: some Sequence<UInt8>) -> SymmetricKey? {
        let digits = content.filter { $0 != UInt8(ascii: "\n") }
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: 64, by: 2) {
            let pair = String(decoding: digits[index...index + 1], as: UTF8.self)
            guard let byte = UInt8(pair, radix: 16) else { return nil }
            bytes.append(byte)
        }
        return SymmetricKey(data: bytes)
    }

    private func failure(_ reason: String, _ advice: String) -> StoreFailure {
        StoreFailure(.unusable, path: path, reason: reason, advice: advice)
    }
}
