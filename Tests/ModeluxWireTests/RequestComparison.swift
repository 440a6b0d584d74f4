import ModeluxCore
import NIOCore

@testable import ModeluxWire

/// Compares requests by what they mean: the order of members does not count, nor how a number is written, nor whether
/// a content of one plain text is a string or a list, nor whether what is usual is said.
enum RequestComparison {
    /// Where two requests differ first; nil when they mean the same. Members at the top in `ignoring` do not count.
    static func difference(_ left: JSONValue, _ right: JSONValue, ignoring: Set<String> = []) -> String? {
        guard let ours = left.members, let theirs = right.members else { return difference(left, right, at: "") }
        return difference(
            .object(ours.filter { !ignoring.contains($0.name) }),
            .object(theirs.filter { !ignoring.contains($0.name) }), at: "")
    }

    private static func difference(_ left: JSONValue?, _ right: JSONValue?, at path: String) -> String? {
        let isContent = path.hasSuffix(".content") || path == ".system"
        let left = isContent ? left.map(plain) : left
        let right = isContent ? right.map(plain) : right
        switch (left, right) {
        case (.object(let ours)?, .object(let theirs)?):
            for name in Set(ours.map(\.name)).union(theirs.map(\.name)).sorted() {
                if let found = difference(member(name, ours), member(name, theirs), at: path + "." + name) {
                    return found
                }
            }
            return nil
        case (.array(let ours)?, .array(let theirs)?):
            for index in 0..<max(ours.count, theirs.count) {
                let pair = (
                    ours.indices.contains(index) ? ours[index] : JSONValue?.none,
                    theirs.indices.contains(index) ? theirs[index] : JSONValue?.none
                )
                if let found = difference(pair.0, pair.1, at: "\(path)[\(index)]") { return found }
            }
            return nil
        case (.number(let ours)?, .number(let theirs)?) where Double(ours) == Double(theirs): return nil
        default:
            if left == right { return nil }
            return "\(path): \(shown(left)) instead of \(shown(right))"
        }
    }

    /// A list of one plain text as the text.
    private static func plain(_ content: JSONValue) -> JSONValue {
        guard content.elements?.count == 1, content[0]?.members?.count == 2, content[0]?["type"] == "text",
            let text = content[0]?["text"]
        else { return content }
        return text
    }

    /// What a member means that is not there.
    private static let usual: [String: JSONValue] = [
        "ttl": "5m", "strict": false, "is_error": false, "stream": false, "tools": [],
    ]

    private static func member(_ name: String, _ members: [JSONValue.Member]) -> JSONValue? {
        for member in members where member.name == name && member.value != usual[name] { return member.value }
        return nil
    }

    private static func shown(_ value: JSONValue?) -> String {
        guard let value else { return "nothing" }
        return String(String(buffer: value.buffer).prefix(160))
    }
}
