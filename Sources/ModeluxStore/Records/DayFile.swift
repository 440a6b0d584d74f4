import Glibc
import ModeluxCore

/// The files of one folder that hold one day each: `2026-05-01.db`. Retention is their removal.
enum DayFile {
    static func path(_ directory: String, day: Int64) -> String { directory + "/" + CivilDate(day: day).text + ".db" }

    /// Opens a day's file for reading; nil when there is none, or when it was begun a moment ago and has no tables.
    static func open(_ path: String) throws -> SQLiteConnection? {
        guard unsafe access(path, F_OK) == 0 else { return nil }
        let connection = try SQLiteConnection(path: path, mode: .reading)
        let version = try connection.prepare("PRAGMA schema_version")
        defer { version.reset() }
        return try version.step() && version.int(0) > 0 ? connection : nil
    }

    /// The days for which there is a file, newest first.
    static func days(in directory: String) -> [Int64] {
        names(in: directory).compactMap { name in
            guard name.hasSuffix(".db"), let time = Timestamp(iso8601: name.dropLast(3)) else { return nil }
            return time.day
        }.sorted(by: >)
    }

    /// Moves a damaged file and what belongs to it out of the way, for a human to look at.
    static func moveAside(_ path: String, at now: UInt64) {
        for suffix in ["", "-wal", "-shm"] {
            _ = unsafe rename(path + suffix, path + suffix + ".damaged-\(now)")
        }
    }

    /// The names in a folder; none when it cannot be read.
    static func names(in directory: String) -> [String] {
        guard let stream = unsafe opendir(directory) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            names.append(name)
        }
        return names
    }
}
