import Logging
import ModeluxCore

/// Packs bodies into compressed blocks and writes them to the file of the day that their ids name.
final class BodyWriter {
    private let directory: String
    private let logger: Logger
    private let compressor: BodyBlock
    private var files: [Int64: File] = [:]

    /// Raw bytes after which a block is closed.
    static let blockBytes = 256 << 10
    private static let openFiles = 2
    private static let level: Int32 = 1
    private static let checkpointPages = 1024

    private struct File {
        let connection: SQLiteConnection
        let insertBlock: SQLiteStatement
        let insertBody: SQLiteStatement
        var nextBlock: Int64
    }

    private struct Place {
        let item: BodyQueue.Item
        let block: Int64
        let offset: Int
    }

    init?(directory: String, logger: Logger) {
        guard let compressor = BodyBlock() else { return nil }
        self.compressor = compressor
        self.directory = directory
        self.logger = logger
    }

    /// Writes bodies, in one transaction a day.
    /// - Throws: `StoreFailure` when the disk does not take them; a damaged file is moved aside and begun anew.
    func write(_ items: [BodyQueue.Item]) throws {
        for (day, items) in Dictionary(grouping: items, by: { $0.requestID.timestamp.day }) {
            do {
                try write(items, day: day)
            } catch let failure as StoreFailure where failure.kind == .damaged {
                files[day] = nil
                DayFile.moveAside(failure.path, at: monotonicNanoseconds())
                logger.critical(
                    "a damaged file of bodies was moved aside and begun anew", metadata: ["error": "\(failure)"])
                try write(items, day: day)
            }
        }
    }

    /// Copies grown write-ahead logs into their files, all of them whenever `isIdle`.
    func checkpoint(isIdle: Bool) throws {
        for file in files.values {
            let pages = file.connection.walPages
            if pages > BodyWriter.checkpointPages || (isIdle && pages > 0) { try file.connection.checkpoint() }
        }
    }

    /// Closes the files.
    func close() { files = [:] }

    private func write(_ items: [BodyQueue.Item], day: Int64) throws {
        var file = try file(day: day)
        try file.connection.transaction {
            var raw: [UInt8] = []
            var places: [Place] = []
            for item in items {
                places.append(Place(item: item, block: file.nextBlock, offset: raw.count))
                raw += item.request
                raw += item.response
                guard raw.count >= BodyWriter.blockBytes else { continue }
                try put(raw, places, into: file)
                file.nextBlock += 1
                (raw, places) = ([], [])
            }
            guard !places.isEmpty else { return }
            try put(raw, places, into: file)
            file.nextBlock += 1
        }
        files[day] = file
    }

    private func put(_ raw: [UInt8], _ places: [Place], into file: File) throws {
        guard let first = places.first, let data = compressor.compress(raw, level: BodyWriter.level) else {
            throw StoreFailure(
                .unusable, path: file.connection.path, reason: "a block cannot be compressed", advice: "restart")
        }
        file.insertBlock.bind(1, first.block)
        file.insertBlock.bind(2, raw.count)
        try file.insertBlock.run(binding: 3, to: data)
        let insert = file.insertBody
        for place in places {
            insert.bind(1, place.item.requestID)
            insert.bind(2, place.block)
            insert.bind(3, place.offset)
            insert.bind(4, place.item.request.count)
            insert.bind(5, place.item.response.count)
            insert.bind(6, (place.item.isRequestCut ? 1 : 0) | (place.item.isResponseCut ? 2 : 0))
            try insert.run()
        }
    }

    private func file(day: Int64) throws -> File {
        if let file = files[day] { return file }
        while files.count >= BodyWriter.openFiles, let oldest = files.keys.min() { files[oldest] = nil }
        let connection = try SQLiteConnection(path: DayFile.path(directory, day: day), mode: .writing(.normal))
        // In one transaction: a reader sees both tables or none.
        try connection.transaction {
            try connection.execute(
                """
                CREATE TABLE IF NOT EXISTS blocks (
                    id INTEGER PRIMARY KEY, raw_bytes INTEGER NOT NULL, data BLOB NOT NULL
                );
                CREATE TABLE IF NOT EXISTS bodies (
                    request_id BLOB NOT NULL PRIMARY KEY, block INTEGER NOT NULL, offset INTEGER NOT NULL,
                    request_bytes INTEGER NOT NULL, response_bytes INTEGER NOT NULL, cut INTEGER NOT NULL
                ) WITHOUT ROWID
                """)
        }
        let last = try connection.prepare("SELECT max(id) FROM blocks")
        let lastBlock = try last.step() ? last.int(0) : 0
        last.reset()
        let file = File(
            connection: connection, insertBlock: try connection.prepare("INSERT INTO blocks VALUES (?,?,?)"),
            insertBody: try connection.prepare("INSERT OR IGNORE INTO bodies VALUES (?,?,?,?,?,?)"),
            nextBlock: lastBlock + 1)
        files[day] = file
        return file
    }
}
