/// What differs between two JSON values, place by place.
public struct JSONDifference: Sendable, Hashable {
    /// The place: `config.models[1].model`; empty for the whole.
    public let path: String
    /// The value on the left; nil where there is none.
    public let before: JSONTree?
    /// The value on the right; nil where there is none.
    public let after: JSONTree?

    /// All differences, in the order of the left value, then of the right.
    public static func between(_ left: JSONTree, _ right: JSONTree, at path: String = "") -> [JSONDifference] {
        if left == right { return [] }
        switch (left, right) {
        case (.object(let before), .object(let after)):
            var found: [JSONDifference] = []
            for member in before {
                let place = path.isEmpty ? member.key : path + "." + member.key
                guard let other = right[member.key] else {
                    found.append(JSONDifference(path: place, before: member.value, after: nil))
                    continue
                }
                found += between(member.value, other, at: place)
            }
            for member in after where left[member.key] == nil {
                let place = path.isEmpty ? member.key : path + "." + member.key
                found.append(JSONDifference(path: place, before: nil, after: member.value))
            }
            return found
        case (.array(let before), .array(let after)):
            return (0..<max(before.count, after.count)).flatMap { index in
                let place = "\(path)[\(index)]"
                guard index < before.count else {
                    return [JSONDifference(path: place, before: nil, after: after[index])]
                }
                guard index < after.count else {
                    return [JSONDifference(path: place, before: before[index], after: nil)]
                }
                return between(before[index], after[index], at: place)
            }
        default: return [JSONDifference(path: path, before: left, after: right)]
        }
    }
}
