import FoundationEssentials
import ModeluxCore

/// Reads JSON that a person keeps in a file.
enum JSONFile {
    /// The value in a file; `-` is standard input.
    /// - Throws: `CommandFailure`: 77 when the file cannot be read, 64 when it is no JSON.
    static func read(_ path: String) throws -> JSONTree {
        var text = ""
        if path == "-" {
            while let line = readLine(strippingNewline: false) { text += line }
        } else {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw CommandFailure(.permission, "the file \(path) cannot be read")
            }
            text = String(decoding: data, as: UTF8.self)
        }
        do throws(Failure) {
            return try JSONTree(parsing: Array(text.utf8))
        } catch {
            throw CommandFailure(.usage, "\(path) is no JSON: \(error.message)")
        }
    }
}
