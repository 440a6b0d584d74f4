import ModeluxCore

/// Arguments and ids of tool calls in Anthropic's form.
enum AnthropicToolInput {
    /// Arguments as the object that Anthropic wants. What is no object is put into one, so that nothing is lost: JSON
    /// as `value`, what is no JSON (a call that broke off) as `text`.
    static func object(_ arguments: String) -> JSONValue {
        guard arguments.contains(where: { !$0.isWhitespace }) else { return .object([]) }
        guard let value = try? JSONValue(parsing: arguments) else { return ["text": .string(arguments)] }
        if case .object = value { return value }
        return value == .null ? .object([]) : ["value": value]
    }

    /// An id with Anthropic's letters only: other providers' ids have dots and colons, too.
    static func id(_ id: String) -> String {
        let isPlain = id.utf8.allSatisfy(isAllowed)
        if isPlain, !id.isEmpty { return id }
        let bytes = id.utf8.map { isAllowed($0) ? $0 : UInt8(ascii: "_") }
        return bytes.isEmpty ? "_" : String(decoding: bytes, as: UTF8.self)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }
}
