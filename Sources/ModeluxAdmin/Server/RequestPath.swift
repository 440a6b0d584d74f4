/// The target of a request, taken apart: percent-escapes decoded once, segment by segment, so that an escaped slash
/// never makes a segment.
struct RequestPath: Sendable, Hashable {
    /// The segments; `/` has none, and a trailing slash makes an empty last one.
    let segments: [String]
    /// The query's names and values in their order; nil when its escapes are broken or it is not UTF-8.
    let query: [Parameter]?

    /// A name and a value of the query.
    struct Parameter: Sendable, Hashable {
        let name: String
        let value: String
    }

    /// Reads an origin-form target; nil when it is another form, or escapes of the path are broken or not UTF-8.
    init?(_ target: String) {
        guard target.utf8.first == UInt8(ascii: "/"), target.utf8.count <= 16_384 else { return nil }
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let path = parts.first else { return nil }
        var segments: [String] = []
        for segment in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let text = RequestPath.decode(segment, plusIsSpace: false) else { return nil }
            segments.append(text)
        }
        self.segments = segments == [""] ? [] : segments
        query = RequestPath.query(parts.count > 1 ? parts[1] : "")
    }

    /// The segments behind `/manage/v1` or its alias; nil when the path is another.
    var management: [String]? {
        if segments.starts(with: ["manage", "v1"]) { return Array(segments.dropFirst(2)) }
        if segments.starts(with: ["api", "manage", "v1"]) { return Array(segments.dropFirst(3)) }
        return nil
    }

    private static func query(_ text: Substring) -> [Parameter]? {
        var query: [Parameter] = []
        for pair in text.split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decode(halves[0], plusIsSpace: true),
                let value = decode(halves.count > 1 ? halves[1] : "", plusIsSpace: true)
            else { return nil }
            query.append(Parameter(name: name, value: value))
        }
        return query
    }

    private static func decode(_ text: Substring, plusIsSpace: Bool) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
        guard !bytes.contains(0) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }
}
