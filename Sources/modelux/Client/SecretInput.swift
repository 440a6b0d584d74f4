import FoundationEssentials
import ModeluxCore

/// Reads a secret from where other users of the machine cannot see it: not from the command line.
enum SecretInput {
    /// The secret in `file` (`-` means standard input), else in the environment variable; nil when neither is there.
    /// White space at its ends is cut, since editors leave a line end.
    static func read(file: String?, variable: String) throws -> Secret? {
        let text: String?
        switch file {
        case "-": text = readLine(strippingNewline: true)
        case .some(let path):
            guard let data = FileManager.default.contents(atPath: path) else {
                throw CommandFailure(.permission, "the file \(path) cannot be read")
            }
            text = String(decoding: data, as: UTF8.self)
        case nil: text = ProcessInfo.processInfo.environment[variable]
        }
        guard let trimmed = text.map({ $0.drop(while: \.isWhitespace) }), !trimmed.isEmpty else {
            if file == nil { return nil }
            throw CommandFailure(.usage, "the credential is empty")
        }
        let end = trimmed.lastIndex { !$0.isWhitespace } ?? trimmed.startIndex
        return Secret(String(trimmed[...end]))
    }
}
