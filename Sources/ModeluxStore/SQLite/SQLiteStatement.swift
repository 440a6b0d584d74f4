import GRDBSQLite
import ModeluxCore

/// A compiled statement. Values are bound by position from 1, columns read by position from 0.
///
/// Texts and blobs are copied into an arena that lives until the next `reset`, so that binding allocates nothing.
@safe
final class SQLiteStatement {
    private let statement: OpaquePointer
    /// Kept alive as long as the statement.
    private let connection: SQLiteConnection
    private let arena: UnsafeMutableRawBufferPointer
    private var used = 0

    init(_ statement: OpaquePointer, connection: SQLiteConnection) {
        unsafe self.statement = statement
        self.connection = connection
        unsafe arena = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 8)
    }

    deinit {
        unsafe sqlite3_finalize(statement)
        unsafe arena.deallocate()
    }

    // MARK: Binding

    func bind(_ position: Int32, _ value: Int64) { unsafe sqlite3_bind_int64(statement, position, value) }

    func bind(_ position: Int32, _ value: Int) { bind(position, Int64(value)) }

    func bind(_ position: Int32, _ value: Int64?) {
        guard let value else { return bindNull(position) }
        bind(position, value)
    }

    func bindNull(_ position: Int32) { unsafe sqlite3_bind_null(statement, position) }

    func bind(_ position: Int32, _ value: String?) {
        guard let value else { return bindNull(position) }
        // The bytes where they lie: `withUTF8` takes a copy of the string, which counts a reference up and down.
        guard unsafe value.utf8.withContiguousStorageIfAvailable({ unsafe bindText(position, $0) }) == nil else {
            return
        }
        var copy = value
        copy.withUTF8 { unsafe bindText(position, $0) }
    }

    private func bindText(_ position: Int32, _ bytes: UnsafeBufferPointer<UInt8>) {
        let kept = unsafe keep(UnsafeRawBufferPointer(bytes))
        unsafe sqlite3_bind_text(
            statement, position, kept.bytes?.assumingMemoryBound(to: CChar.self), Int32(clamping: bytes.count),
            kept.destructor)
    }

    func bind(_ position: Int32, _ id: RequestID) {
        let words = (id.high.bigEndian, id.low.bigEndian)
        unsafe withUnsafeBytes(of: words) { bytes in unsafe bind(position, bytes) }
    }

    /// The bytes are copied unless they are many; then they must stay until the statement has been run.
    func bind(_ position: Int32, _ bytes: UnsafeRawBufferPointer) {
        let kept = unsafe keep(bytes)
        unsafe sqlite3_bind_blob64(statement, position, kept.bytes, UInt64(bytes.count), kept.destructor)
    }

    /// Runs the statement with a long blob in one of its places, without copying it.
    func run(binding position: Int32, to bytes: [UInt8]) throws {
        guard !bytes.isEmpty else {
            unsafe sqlite3_bind_zeroblob(statement, position, 0)
            return try run()
        }
        unsafe try bytes.withUnsafeBytes { bytes in
            unsafe sqlite3_bind_blob64(statement, position, bytes.baseAddress, UInt64(bytes.count), nil)
            try run()
            unsafe sqlite3_bind_null(statement, position)
        }
    }

    private func keep(
        _ bytes: UnsafeRawBufferPointer
    ) -> (bytes: UnsafeRawPointer?, destructor: sqlite3_destructor_type?) {
        guard unsafe arena.count - used >= bytes.count, let base = unsafe arena.baseAddress else {
            // SQLITE_TRANSIENT: SQLite makes its own copy.
            return unsafe (bytes.baseAddress, unsafeBitCast(-1, to: sqlite3_destructor_type.self))
        }
        let place = unsafe base + used
        if let source = bytes.baseAddress, bytes.count > 0 {
            unsafe place.copyMemory(from: source, byteCount: bytes.count)
        }
        used += bytes.count
        return (UnsafeRawPointer(place), nil)
    }

    // MARK: Running

    /// Moves to the next row; false at the end, when the statement has been reset.
    func step() throws -> Bool {
        let code = unsafe sqlite3_step(statement)
        if code == SQLITE_ROW { return true }
        reset()
        guard code == SQLITE_DONE else { throw connection.failure(code) }
        return false
    }

    /// Runs a statement whose rows, if any, are of no interest.
    func run() throws {
        let code = unsafe sqlite3_step(statement)
        let failure = code == SQLITE_DONE || code == SQLITE_ROW ? nil : connection.failure(code)
        reset()
        if let failure { throw failure }
    }

    /// Ends a query before its end. Bound values stay, except texts and blobs, which must be bound anew.
    func reset() {
        unsafe sqlite3_reset(statement)
        used = 0
    }

    // MARK: Columns

    func int(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(statement, column) }

    func isNull(_ column: Int32) -> Bool { unsafe sqlite3_column_type(statement, column) == SQLITE_NULL }

    func optionalInt(_ column: Int32) -> Int64? { isNull(column) ? nil : int(column) }

    func text(_ column: Int32) -> String {
        unsafe withBytes(column) { unsafe String(decoding: $0, as: UTF8.self) }
    }

    func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

    func bytes(_ column: Int32) -> [UInt8] { unsafe withBytes(column) { unsafe Array($0) } }

    /// The id in a blob of 16 bytes; nil for any other value.
    func requestID(_ column: Int32) -> RequestID? {
        unsafe withBytes(column) { bytes in
            guard bytes.count == 16 else { return nil }
            return RequestID(
                high: unsafe UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                low: unsafe UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
    }

    /// Calls `body` with a text or blob, in place.
    func withBytes<Value>(_ column: Int32, _ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        // The pointer first, then the length: the order that SQLite's documentation asks for.
        let start = unsafe sqlite3_column_blob(statement, column)
        let count = unsafe Int(sqlite3_column_bytes(statement, column))
        return unsafe body(UnsafeRawBufferPointer(start: start, count: count))
    }
}
