/// One message of a conversation.
public struct ChatMessage: Sendable, Hashable {
    /// Who speaks.
    public var role: Role
    /// What is said. Tool results stand in messages of the user; a run of them in one message, before its texts.
    public var parts: [ContentPart]
    /// The speaker's name, where the dialect has one.
    public var name: String?

    /// Who speaks.
    public enum Role: String, Sendable, Hashable {
        /// Instructions in the middle of a conversation; those at its beginning are in `ChatRequest.system`.
        case system
        /// The caller's side, tool results included.
        case user
        /// The model.
        case assistant
    }

    /// Makes a message.
    public init(_ role: Role, _ parts: [ContentPart], name: String? = nil) {
        self.role = role
        self.parts = parts
        self.name = name
    }
}
