import Glibc
import Logging
import ModeluxCore

/// Writes request records to the file of the day that their ids name: one row each, found again by id, so that
/// writing a batch twice leaves it there once.
final class RecordWriter {
    private let directory: String
    private let durability: Database.Durability
    private let logger: Logger
    private var files: [Int64: File] = [:]

    /// Days whose files are kept open: around midnight operations of two days end.
    private static let openFiles = 2
    /// Pages of 16 KiB in the write-ahead log before it is copied into the file.
    private static let checkpointPages = 1024

    private struct File {
        let connection: SQLiteConnection
        let insert: SQLiteStatement
        var isDirty = false
    }

    init(directory: String, durability: Database.Durability, logger: Logger) {
        self.directory = directory
        self.durability = durability
        self.logger = logger
    }

    /// Writes the records of settled operations.
    /// - Throws: `StoreFailure` when the disk does not take them; a damaged file is moved aside and begun anew.
    func write(_ records: [LedgerMerge.Settlement]) throws {
        guard let first = records.first else { return }
        let day = first.entry.record.requestID.timestamp.day
        let isOneDay = records.allSatisfy { $0.entry.record.requestID.timestamp.day == day }
        if isOneDay { return try write(records, day: day) }
        let byDay = Dictionary(grouping: records) { $0.entry.record.requestID.timestamp.day }
        for (day, records) in byDay { try write(records, day: day) }
    }

    /// Copies grown write-ahead logs into their files, all of them whenever `isIdle`.
    func checkpoint(isIdle: Bool) throws {
        for file in files.values {
            let pages = file.connection.walPages
            if pages > RecordWriter.checkpointPages || (isIdle && pages > 0) { try file.connection.checkpoint() }
        }
    }

    /// Brings what was written since the last call to the disk, so that a power cut takes a second of records at most.
    func sync() {
        for (day, file) in files where file.isDirty {
            let descriptor = unsafe open(file.connection.path + "-wal", O_RDONLY | O_CLOEXEC)
            if descriptor >= 0 {
                fdatasync(descriptor)
                _ = Glibc.close(descriptor)
            }
            files[day]?.isDirty = false
        }
    }

    /// Closes the files; the last connection to close one copies its write-ahead log into it.
    func close() { files = [:] }

    private func write(_ records: [LedgerMerge.Settlement], day: Int64) throws {
        do {
            try insert(records, into: try file(day: day))
            files[day]?.isDirty = true
        } catch let failure as StoreFailure where failure.kind == .damaged {
            files[day] = nil
            DayFile.moveAside(failure.path, at: monotonicNanoseconds())
            logger.critical(
                "a damaged file of records was moved aside and begun anew", metadata: ["error": "\(failure)"])
            try insert(records, into: try file(day: day))
        }
    }

    private func file(day: Int64) throws -> File {
        if let file = files[day] { return file }
        while files.count >= RecordWriter.openFiles, let oldest = files.keys.min() { files[oldest] = nil }
        let connection = try SQLiteConnection(
            path: DayFile.path(directory, day: day), mode: .writing(durability))
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS records (
                request_id BLOB NOT NULL PRIMARY KEY, project TEXT, key TEXT, status INTEGER NOT NULL, error_code TEXT,
                provider TEXT, model TEXT, end_user TEXT, trace_id TEXT, conversation_id TEXT, tags TEXT,
                latency_microseconds INTEGER NOT NULL, cost_nano_usd INTEGER NOT NULL, detail BLOB NOT NULL
            ) WITHOUT ROWID
            """)
        let insert = try connection.prepare("INSERT OR IGNORE INTO records VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)")
        let file = File(connection: connection, insert: insert)
        files[day] = file
        return file
    }

    private func insert(_ records: [LedgerMerge.Settlement], into file: File) throws {
        let insert = file.insert
        try file.connection.transaction {
            for settlement in records {
                RecordWriter.bind(settlement.entry, to: insert)
                try insert.run(binding: 14, to: settlement.entry.detail)
            }
        }
    }

    private static func bind(_ entry: RecordEntry, to insert: SQLiteStatement) {
        insert.bind(1, entry.record.requestID)
        insert.bind(2, entry.record.projectID?.text)
        insert.bind(3, entry.record.keyID?.text)
        insert.bind(4, entry.record.status)
        insert.bind(5, entry.record.errorCode)
        insert.bind(6, entry.record.provider)
        insert.bind(7, entry.record.model)
        insert.bind(8, entry.record.endUser)
        insert.bind(9, entry.record.traceID)
        insert.bind(10, entry.record.conversationID)
        insert.bind(11, entry.record.tags.isEmpty ? nil : TagText.json(entry.record.tags))
        let micros = entry.record.latency.totalMilliseconds * 1000
        insert.bind(12, micros.isFinite ? Int64(max(0, min(9e15, micros))) : 0)
        insert.bind(13, entry.record.cost.total.nanoUSD)
    }
}
