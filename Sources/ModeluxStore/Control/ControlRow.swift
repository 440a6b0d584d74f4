import GRDB
import ModeluxCore

/// A row whose columns are read with checks: a damaged file gives an error that names the column, never a trap.
struct ControlRow {
    private let row: Row
    private let file: String

    init(_ row: Row, file: String = "control.db") {
        self.row = row
        self.file = file
    }

    func text(_ column: String) throws -> String {
        guard let value = String.fromDatabaseValue(try value(column)) else { throw damaged(column) }
        return value
    }

    func optionalText(_ column: String) throws -> String? {
        let value = try value(column)
        return value.isNull ? nil : try text(column)
    }

    func integer(_ column: String) throws -> Int64 {
        guard let value = Int64.fromDatabaseValue(try value(column)) else { throw damaged(column) }
        return value
    }

    func int(_ column: String) throws -> Int {
        guard let value = Int(exactly: try integer(column)) else { throw damaged(column) }
        return value
    }

    func time(_ column: String) throws -> Timestamp { Timestamp(microseconds: try integer(column)) }

    func optionalTime(_ column: String) throws -> Timestamp? {
        let value = try value(column)
        return value.isNull ? nil : try time(column)
    }

    func identifier(_ column: String) throws -> Identifier { Identifier(try text(column)) }

    func optionalInt(_ column: String) throws -> Int? {
        let value = try value(column)
        return value.isNull ? nil : try int(column)
    }

    func bytes(_ column: String) throws -> [UInt8] {
        guard case .blob(let data) = try value(column).storage else { throw damaged(column) }
        return [UInt8](data)
    }

    func digest(_ column: String) throws -> KeyDigest {
        guard let digest = KeyDigest(bytes: try bytes(column)) else { throw damaged(column) }
        return digest
    }

    func json(_ column: String) throws -> JSONTree {
        do { return try JSONTree(parsing: Array(try text(column).utf8)) } catch { throw damaged(column) }
    }

    func converted<Value>(_ column: String, _ convert: (JSONTree) -> Value?) throws -> Value {
        guard let value = convert(try json(column)) else { throw damaged(column) }
        return value
    }

    func texts(_ column: String) throws -> [String] {
        guard let values = try json(column).arrayValue else { throw damaged(column) }
        return values.compactMap(\.stringValue)
    }

    func raw<Value: RawRepresentable>(_ column: String, as type: Value.Type) throws -> Value
    where Value.RawValue == String {
        guard let value = Value(rawValue: try text(column)) else { throw damaged(column) }
        return value
    }

    private func value(_ column: String) throws -> DatabaseValue {
        guard row.hasColumn(column) else { throw damaged(column) }
        return row[column]
    }

    private func damaged(_ column: String) -> StoreFailure {
        StoreFailure(
            .damaged, path: file, reason: "the column \"\(column)\" holds something that was never written",
            advice: "restore \(file) from the newest backup")
    }
}
