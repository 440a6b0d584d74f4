public import ModeluxCore

/// Reads request records and bodies from the day files, newest first.
public struct LogQuery: Sendable {
    /// No page is longer.
    public static let maximumLimit = 200

    private let records: String
    private let bodies: String
    private let timeLimit: Duration

    /// Reads below `dataDirectory`. A list is cut off after `timeLimit`.
    public init(dataDirectory: String, timeLimit: Duration = .seconds(2)) {
        records = dataDirectory + "/records"
        bodies = dataDirectory + "/bodies"
        self.timeLimit = timeLimit
    }

    /// The records that pass `filter`, newest first, at most `limit` (1 … 200) of them, older than `before`.
    public func list(_ filter: LogFilter, before: RequestID? = nil, limit: Int = 50) async throws -> LogPage {
        try await QueryQueue.run {
            LogScan(filter: filter, limit: min(max(1, limit), LogQuery.maximumLimit), timeLimit: timeLimit)
                .run(in: records, before: before)
        }
    }

    /// One record, from the file of the day that its id names; nil when there is none.
    public func record(_ id: RequestID) async throws -> RequestRecord? {
        try await QueryQueue.run {
            guard let connection = try DayFile.open(DayFile.path(records, day: id.timestamp.day)) else { return nil }
            let statement = try connection.prepare("SELECT detail FROM records WHERE request_id = ?")
            statement.bind(1, id)
            guard try statement.step() else { return nil }
            defer { statement.reset() }
            return unsafe statement.withBytes(0) { unsafe RecordCodec.decodeRecord($0) }
        }
    }

    /// The bodies of one operation; nil when they were not kept.
    public func bodies(of id: RequestID) async throws -> StoredBodies? {
        try await QueryQueue.run {
            let path = DayFile.path(bodies, day: id.timestamp.day)
            guard let connection = try DayFile.open(path) else { return nil }
            let statement = try connection.prepare(
                """
                SELECT offset, request_bytes, response_bytes, cut, raw_bytes, data
                FROM bodies JOIN blocks ON blocks.id = bodies.block WHERE request_id = ?
                """)
            statement.bind(1, id)
            guard try statement.step() else { return nil }
            defer { statement.reset() }
            let (offset, request) = (Int(clamping: statement.int(0)), Int(clamping: statement.int(1)))
            let response = Int(clamping: statement.int(2))
            guard let raw = BodyBlock.decompress(statement.bytes(5), count: Int(clamping: statement.int(4))),
                offset >= 0, request >= 0, response >= 0, offset <= raw.count, request <= raw.count - offset,
                response <= raw.count - offset - request
            else {
                throw StoreFailure(
                    .damaged, path: path, reason: "the block of \(id) is damaged", advice: "its bodies are lost")
            }
            let middle = offset + request
            return StoredBodies(
                request: Array(raw[offset..<middle]), response: Array(raw[middle..<middle + response]),
                isRequestCut: statement.int(3) & 1 != 0, isResponseCut: statement.int(3) & 2 != 0)
        }
    }
}
