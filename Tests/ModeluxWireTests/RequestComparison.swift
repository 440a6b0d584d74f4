import ModeluxCore
import NIOCore

@testable import ModeluxWire

/// Compares requests by what they mean: the order of members does not count, nor how a number is written, nor whether
/// a content of one plain text is a string or a list, nor whether what is usual is said.
enum RequestComparison {
    /// A place where two requests differ.
    struct Difference: CustomStringConvertible {
        var path: String
        var ours: JSONValue?
        var theirs: JSONValue?

        var description: String { "\(path): \(shown(ours)) instead of \(shown(theirs))" }

        private func shown(_ value: JSONValue?) -> String {
            guard let value else { return "nothing" }
            return String(String(buffer: value.buffer).prefix(160))
        }
    }

    /// Where two requests differ. Members at the top in `ignoring` do not count.
    static func differences(
        _ ours: JSONValue, _ theirs: JSONValue, ignoring: Set<String> = []
    ) -> [Difference] {
        var found: [Difference] = []
        compare(without(ignoring, ours), without(ignoring, theirs), at: "", into: &found)
        return found
    }

    /// All texts, numbers and literals in a value.
    static func leaves(of value: JSONValue) -> Set<JSONValue> {
        switch value {
        case .object(let members): members.reduce(into: []) { $0.formUnion(leaves(of: $1.value)) }
        case .array(let elements): elements.reduce(into: []) { $0.formUnion(leaves(of: $1)) }
        default: [value]
        }
    }

    private static func without(_ names: Set<String>, _ value: JSONValue) -> JSONValue {
        guard case .object(let members) = value else { return value }
        return .object(members.filter { !names.contains($0.name) })
    }

    private static func compare(
        _ ours: JSONValue?, _ theirs: JSONValue?, at path: String, into found: inout [Difference]
    ) {
        let isContent = path.hasSuffix(".content") || path == ".system"
        let ours = isContent ? ours.map(plain) : ours
        let theirs = isContent ? theirs.map(plain) : theirs
        switch (ours, theirs) {
        case (.object(let left)?, .object(let right)?):
            for name in Set(left.map(\.name)).union(right.map(\.name)).sorted() {
                compare(member(name, left), member(name, right), at: path + "." + name, into: &found)
            }
        case (.array(let left)?, .array(let right)?):
            for index in 0..<max(left.count, right.count) {
                compare(
                    index < left.count ? left[index] : JSONValue?.none,
                    index < right.count ? right[index] : JSONValue?.none, at: "\(path)[\(index)]", into: &found)
            }
        case (.number(let left)?, .number(let right)?) where Double(left) == Double(right): break
        default: if ours != theirs { found.append(Difference(path: path, ours: ours, theirs: theirs)) }
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
}
