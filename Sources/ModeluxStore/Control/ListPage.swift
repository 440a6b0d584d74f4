import FoundationEssentials
import ModeluxCore

/// Which part of a list is asked for: `limit` objects after a cursor, newest first.
public struct ListRequest: Sendable {
    /// How many objects at most, 1 … 200.
    public let limit: Int
    /// After which object.
    let after: Position?

    /// Where a page ended: by time and, among equals, by id.
    struct Position: Sendable, Hashable {
        let createdAt: Int64
        let id: String
    }

    /// Objects on a page where the caller says nothing.
    public static let defaultLimit = 50
    /// Objects on a page at most.
    public static let maximumLimit = 200

    /// The first page.
    public init(limit: Int = ListRequest.defaultLimit) {
        self.limit = min(max(1, limit), ListRequest.maximumLimit)
        after = nil
    }

    /// A page from the query's texts.
    /// - Throws: `Refusal` when the limit is no number from 1 to 200 or the cursor was not made by this program.
    public init(limit: String?, cursor: String?) throws {
        if let limit {
            guard let value = Int(limit), (1...ListRequest.maximumLimit).contains(value) else {
                throw Refusal.invalid("limit", "must be a number from 1 to \(ListRequest.maximumLimit)")
            }
            self.limit = value
        } else {
            self.limit = ListRequest.defaultLimit
        }
        guard let cursor, !cursor.isEmpty else {
            after = nil
            return
        }
        let parts = cursor.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let time = Int64(parts[0]), !parts[1].isEmpty, parts[1].utf8.count <= 64 else {
            throw Refusal.invalid("cursor", "is not a cursor that a list gave; leave it out to begin at the start")
        }
        after = Position(createdAt: time, id: String(parts[1]))
    }

    /// What the SQL compares with; before everything when there is no cursor.
    var boundTime: Int64 { after?.createdAt ?? .max }
    var boundID: String { after?.id ?? "" }
}

/// One page of a list.
public struct ListPage<Element: Sendable>: Sendable {
    /// The objects, newest first.
    public let elements: [Element]
    /// Where the next page begins; nil on the last one.
    public let nextCursor: String?

    init(elements: [Element], nextCursor: String?) {
        self.elements = elements
        self.nextCursor = nextCursor
    }

    /// Cuts a page from rows that were fetched with one more than the limit.
    init(_ fetched: [Element], request: ListRequest, position: (Element) -> (Timestamp, Identifier)) {
        elements = Array(fetched.prefix(request.limit))
        if fetched.count > request.limit, let last = elements.last {
            let (time, id) = position(last)
            nextCursor = "\(time.microseconds).\(id.text)"
        } else {
            nextCursor = nil
        }
    }
}
