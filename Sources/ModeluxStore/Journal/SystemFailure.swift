import Glibc

/// A system call that failed, on which file, and why.
struct SystemFailure: Error, CustomStringConvertible {
    let call: String
    let path: String
    let code: Int32

    /// Takes the code from `errno` unless the call returned it.
    init(_ call: String, _ path: String, code: Int32 = errno) {
        self.call = call
        self.path = path
        self.code = code
    }

    var description: String { unsafe "\(call) \(path): \(String(cString: strerror(code)))" }

    /// The same as a failure of the store.
    var storeFailure: StoreFailure {
        StoreFailure(
            code == ENOSPC || code == EDQUOT ? .full : .unusable, path: path, reason: description,
            advice: code == ENOSPC ? "free space on this disk" : "check the disk and the folder's permissions")
    }
}
