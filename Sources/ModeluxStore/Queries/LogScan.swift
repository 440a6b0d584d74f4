import ModeluxCore

/// One walk over the day files, newest first, until the page is full, the filter's start is reached, or time is up.
struct LogScan {
    private var filter: LogFilter
    private let limit: Int
    private let deadline: UInt64
    private var page = LogPage()
    /// The oldest row that was looked at, whether it passed or not: a page that is cut short goes on from here.
    private var position: RequestID?

    init(filter: LogFilter, limit: Int, timeLimit: Duration) {
        self.filter = filter
        self.limit = limit
        deadline = monotonicNanoseconds() + UInt64(max(0, timeLimit.wholeMicroseconds)) * 1000
    }

    consuming func run(in directory: String, before: RequestID?) -> LogPage {
        let lower = filter.start.map { LogScan.firstID(at: $0) } ?? RequestID(high: 0, low: 0)
        var upper = filter.end.map { LogScan.firstID(at: $0) } ?? RequestID(high: .max, low: .max)
        if let before, before < upper { upper = before }
        if let text = filter.text, let id = RequestID(text) {
            // The name of one record: no need to look anywhere else.
            filter.text = nil
            return only(id, in: directory, lower: lower, upper: upper)
        }
        for day in DayFile.days(in: directory) where day <= upper.timestamp.day && day >= lower.timestamp.day {
            scan(DayFile.path(directory, day: day), lower: lower, upper: upper)
            if page.next != nil { break }
        }
        return page
    }

    private consuming func only(
        _ id: RequestID, in directory: String, lower: RequestID, upper: RequestID
    ) -> LogPage {
        let next = RequestID(high: id.high, low: id.low == .max ? .max : id.low + 1)
        let path = DayFile.path(directory, day: id.timestamp.day)
        scan(path, lower: max(id, lower), upper: min(next, upper))
        return page
    }

    private mutating func scan(_ path: String, lower: RequestID, upper: RequestID) {
        do {
            guard let connection = try DayFile.open(path) else { return }
            let statement = try connection.prepare(
                """
                SELECT request_id, CASE WHEN
                    (?3 IS NULL OR project = ?3) AND (?4 IS NULL OR key = ?4) AND status BETWEEN ?5 AND ?6
                    AND (?7 IS NULL OR error_code = ?7) AND (?8 IS NULL OR provider = ?8)
                    AND (?9 IS NULL OR model = ?9) AND (?10 IS NULL OR end_user = ?10)
                    AND (?11 IS NULL OR trace_id = ?11) AND (?12 IS NULL OR conversation_id = ?12)
                    AND latency_microseconds >= ?13 AND cost_nano_usd >= ?14
                    AND (?15 IS NULL OR instr(detail, ?15) > 0) AND (?16 IS NULL OR instr(tags, ?16) > 0)
                    THEN detail END
                FROM records WHERE request_id >= ?1 AND request_id < ?2 ORDER BY request_id DESC
                """)
            bind(to: statement, lower: lower, upper: upper)
            while try statement.step() {
                guard take(statement) else { break }
            }
            statement.reset()
        } catch {
            // A file that was damaged, or removed by retention a moment ago, costs its own rows only.
            page.isPartial = true
        }
    }

    private func bind(to statement: SQLiteStatement, lower: RequestID, upper: RequestID) {
        statement.bind(1, lower)
        statement.bind(2, upper)
        statement.bind(3, filter.projectID)
        statement.bind(4, filter.keyID)
        statement.bind(5, filter.status?.lowerBound ?? .min)
        statement.bind(6, filter.status?.upperBound ?? .max)
        statement.bind(7, filter.errorCode)
        statement.bind(8, filter.provider)
        statement.bind(9, filter.model)
        statement.bind(10, filter.endUser)
        statement.bind(11, filter.traceID)
        statement.bind(12, filter.conversationID)
        let micros = (filter.minimumLatencyMilliseconds ?? 0) * 1000
        statement.bind(13, micros.isFinite ? Int64(max(0, min(9e15, micros))) : Int64.max)
        statement.bind(14, filter.minimumCost?.nanoUSD ?? .min)
        if let text = filter.text, !text.isEmpty {
            unsafe Array(text.utf8).withUnsafeBytes { bytes in unsafe statement.bind(15, bytes) }
        } else {
            statement.bindNull(15)
        }
        statement.bind(16, filter.tags.pairs.first.map { TagText.pair(key: $0.key, value: $0.value) })
    }

    /// Takes a row; false when the page ends with it.
    private mutating func take(_ statement: SQLiteStatement) -> Bool {
        guard let id = statement.requestID(0) else { return true }
        if !statement.isNull(1), let record = unsafe statement.withBytes(1, { unsafe RecordCodec.decodeRecord($0) }),
            filter.tags.pairs.dropFirst().allSatisfy({ record.tags[$0.key] == $0.value })
        {
            if page.records.count == limit {
                page.next = position
                return false
            }
            page.records.append(record)
        }
        position = id
        guard monotonicNanoseconds() > deadline else { return true }
        page.isPartial = true
        page.next = id
        return false
    }

    /// The least id of a moment: nothing made earlier sorts behind it.
    private static func firstID(at moment: Timestamp) -> RequestID {
        let milliseconds = UInt64(clamping: moment.microseconds &+ 999) / 1000
        return RequestID(high: (milliseconds & 0xFFFF_FFFF_FFFF) << 16, low: 0)
    }
}
