public import ModeluxCore
public import NIOCore

/// Writes the list of models in Anthropic's shape.
public enum AnthropicModelList {
    /// A model of the list.
    public struct Entry: Sendable {
        /// The name that a request may carry.
        public var id: String
        /// The name that people read.
        public var displayName: String
        /// When it came, as far as is known; a fixed day will do.
        public var createdAt: Timestamp

        /// Makes an entry.
        public init(id: String, displayName: String, createdAt: Timestamp) {
            self.id = id
            self.displayName = displayName
            self.createdAt = createdAt
        }
    }

    /// The body: all entries on one page, in their order.
    public static func body(_ entries: [Entry]) -> ByteBuffer {
        let data = entries.map { entry -> JSONValue in
            [
                "type": "model", "id": .string(entry.id), "display_name": .string(entry.displayName),
                "created_at": .string(entry.createdAt.iso8601Seconds),
            ]
        }
        let value: JSONValue = [
            "data": .array(data), "has_more": false, "first_id": entries.first.map { .string($0.id) } ?? .null,
            "last_id": entries.last.map { .string($0.id) } ?? .null,
        ]
        return value.buffer
    }
}
