import Glibc
public import ModeluxCore

/// Removes records and bodies that are older than they may be kept, and the oldest bodies when all together take too
/// much room. What is removed is whole day files: no deletes, no vacuum, no lock that a writer could wait for.
public struct Retention: Sendable {
    /// How long, and how much, may be kept.
    public struct Limits: Sendable {
        /// Days that a record is kept, 1 or more; today does not count.
        public var recordDays: Int
        /// Days that bodies are kept; 0 removes every file, today's too.
        public var bodyDays: Int
        /// Bytes that all bodies together may take on disk.
        public var bodyBytes: Int

        /// Makes limits.
        public init(recordDays: Int, bodyDays: Int, bodyBytes: Int) {
            self.recordDays = max(1, recordDays)
            self.bodyDays = max(0, bodyDays)
            self.bodyBytes = max(0, bodyBytes)
        }
    }

    /// What a run did.
    public struct Outcome: Sendable, Hashable {
        /// Day files that are gone, such as `bodies/2026-05-01.db`.
        public var removed: [String] = []
        /// Bytes that the bodies take now.
        public var bodyBytes = 0
        /// True when today's bodies alone pass the limit: no more should be stored until tomorrow.
        public var isFull = false
    }

    private let dataDirectory: String
    private let limits: Limits

    /// Prepares the upkeep of a data directory.
    public init(dataDirectory: String, limits: Limits) {
        self.dataDirectory = dataDirectory
        self.limits = limits
    }

    /// Removes what is due at `now`. Some system calls for each day that is kept.
    public func run(now: Timestamp) -> Outcome {
        var outcome = Outcome()
        for day in DayFile.days(in: dataDirectory + "/records") where day < now.day - Int64(limits.recordDays) {
            remove("records", day, &outcome)
        }
        var kept: [(day: Int64, bytes: Int)] = []
        for day in DayFile.days(in: dataDirectory + "/bodies") {
            if limits.bodyDays == 0 || day < now.day - Int64(limits.bodyDays) {
                remove("bodies", day, &outcome)
            } else {
                kept.append((day, bytes(of: DayFile.path(dataDirectory + "/bodies", day: day))))
            }
        }
        outcome.bodyBytes = kept.reduce(0) { $0 + $1.bytes }
        while outcome.bodyBytes > limits.bodyBytes, let oldest = kept.popLast(), oldest.day < now.day {
            remove("bodies", oldest.day, &outcome)
            outcome.bodyBytes -= oldest.bytes
        }
        outcome.isFull = outcome.bodyBytes > limits.bodyBytes
        return outcome
    }

    private func remove(_ folder: String, _ day: Int64, _ outcome: inout Outcome) {
        let path = DayFile.path(dataDirectory + "/" + folder, day: day)
        // The log first: without it the file is complete in itself or gone, never half.
        for suffix in ["-wal", "-shm", ""] { _ = unsafe unlink(path + suffix) }
        outcome.removed.append(folder + "/" + CivilDate(day: day).text + ".db")
    }

    private func bytes(of path: String) -> Int {
        ["", "-wal"].reduce(0) { sum, suffix in
            var figures = stat()
            guard unsafe stat(path + suffix, &figures) == 0 else { return sum }
            return sum + Int(figures.st_blocks) * 512
        }
    }
}
