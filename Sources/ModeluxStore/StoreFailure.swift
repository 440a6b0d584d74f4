public import GRDB

/// Why a file of the store cannot be used, in one line that an operator can act on.
public struct StoreFailure: Error, CustomStringConvertible {
    /// What is the matter.
    public enum Kind: Sendable {
        /// The file is not what was written: refuse to start (exit code 78).
        case damaged
        /// The disk is full.
        case full
        /// The file cannot be opened, read or written.
        case unusable
    }

    /// What is the matter.
    public let kind: Kind
    /// The file.
    public let path: String
    /// What SQLite or the system said.
    public let reason: String
    /// What to do about it, one sentence.
    public let advice: String

    /// SQLite's extended result code; 0 when the failure is not SQLite's.
    let sqliteCode: Int32

    /// Makes a failure.
    public init(_ kind: Kind, path: String, reason: String, advice: String) {
        self.init(kind, path: path, reason: reason, advice: advice, sqliteCode: 0)
    }

    private init(_ kind: Kind, path: String, reason: String, advice: String, sqliteCode: Int32) {
        self.sqliteCode = sqliteCode
        self.kind = kind
        self.path = path
        self.reason = reason
        self.advice = advice
    }

    /// Makes a failure from what GRDB threw.
    public init(_ error: DatabaseError, path: String) {
        self.init(sqliteCode: error.resultCode.rawValue, path: path, reason: error.message ?? error.description)
    }

    /// Makes a failure from SQLite's result code, primary or extended.
    init(sqliteCode code: Int32, path: String, reason: String) {
        switch code & 0xff {
        case 11, 26:
            self.init(
                .damaged, path: path, reason: reason,
                advice: "restore this file from the newest backup, or move it aside together with its -wal file",
                sqliteCode: code)
        case 13:
            self.init(.full, path: path, reason: reason, advice: "free space on this disk", sqliteCode: code)
        default:
            self.init(.unusable, path: path, reason: reason, advice: "check that the folder exists and can be written")
        }
    }

    /// True when a sync failed: what was written may be gone, whatever later syncs say.
    var isFailedSync: Bool { sqliteCode == 1034 || sqliteCode == 1290 }

    /// The process exit code for a failure at start: 78 (EX_CONFIG) for damage, 74 (EX_IOERR) else.
    public var exitCode: Int32 { kind == .damaged ? 78 : 74 }

    /// File, reason and advice in one line.
    public var description: String { "\(path): \(reason); \(advice)" }
}
