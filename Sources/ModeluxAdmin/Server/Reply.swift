import HummingbirdCore
import ModeluxCore
import ModeluxStore

/// An answer of the management API before it becomes bytes on a connection.
struct Reply: Sendable {
    var status: Int
    var headers: [(name: String, value: String)]
    var body: Body

    /// What follows the head.
    enum Body: Sendable {
        case bytes([UInt8])
        /// Written as it comes.
        case stream(ResponseBody)
    }

    init(status: Int = 200, headers: [(name: String, value: String)] = [], body: Body) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// JSON text.
    static func json(_ text: String, status: Int = 200) -> Reply {
        Reply(status: status, headers: [("content-type", "application/json")], body: .bytes(Array(text.utf8)))
    }

    /// Plain text of some type.
    static func text(_ text: String, type: String = "text/plain; charset=utf-8", status: Int = 200) -> Reply {
        Reply(status: status, headers: [("content-type", type)], body: .bytes(Array(text.utf8)))
    }

    /// `{"data": …}` whose value the closure writes.
    static func data(status: Int = 200, _ write: (inout JSONText) -> Void) -> Reply {
        json(dataText(write), status: status)
    }

    /// The text of `{"data": …}`.
    static func dataText(_ write: (inout JSONText) -> Void) -> String {
        var json = JSONText()
        json.object { json in
            json.key("data")
            write(&json)
        }
        return json.text
    }

    /// A list: `{"data": […], "next_cursor": …, "has_more": …}`.
    static func list<Element>(
        _ elements: [Element], nextCursor: String?, _ write: (Element, inout JSONText) -> Void
    ) -> Reply {
        var json = JSONText()
        json.object { json in
            json.key("data")
            json.array { json in
                for element in elements { write(element, &json) }
            }
            json.member("next_cursor", nextCursor)
            json.member("has_more", nextCursor != nil)
        }
        return .json(json.text)
    }

    /// The answer of a write.
    init(_ reply: WriteReply) {
        self = .json(reply.body, status: reply.status)
        if reply.isReplay { headers.append(("idempotent-replayed", "true")) }
    }
}
