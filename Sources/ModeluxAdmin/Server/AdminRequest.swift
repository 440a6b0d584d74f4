import HTTPTypes
import NIOCore

/// The head of a management request, as access control sees it.
struct AdminRequest: Sendable {
    /// The method's name.
    let method: String
    /// The path, taken apart.
    let path: RequestPath
    /// The Host header.
    let authority: String?
    /// The other headers.
    let headers: HTTPFields
    /// Where it came from; nil for the local socket.
    let address: String?
    /// Whether it came over the local socket.
    let isLocal: Bool

    /// Whether the method changes nothing.
    var isSafe: Bool { method == "GET" || method == "HEAD" }

    /// The value of a header that may be given once; nil when it is absent, given twice, or no name at all.
    func header(_ name: String) -> String? {
        guard let field = HTTPField.Name(name) else { return nil }
        let values = headers[values: field]
        return values.count == 1 ? values[0] : nil
    }

    /// Whether a header is given more than once.
    func repeats(_ name: String) -> Bool {
        guard let field = HTTPField.Name(name) else { return false }
        return headers[values: field].count > 1
    }

    /// The value of a cookie.
    func cookie(_ name: String) -> String? {
        guard let field = HTTPField.Name("cookie") else { return nil }
        for line in headers[values: field] {
            for pair in line.split(separator: ";") {
                let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                let key = halves[0].drop { $0 == " " }
                if key == name, halves.count == 2 { return String(halves[1]) }
            }
        }
        return nil
    }
}
