/// A function that the model may call, or a tool that runs at the provider.
public struct ChatTool: Sendable, Hashable {
    /// What it is.
    public var kind: Kind
    /// Whether a prompt cache should reach up to the end of this tool.
    public var cacheMark: ContentPart.CacheMark?

    /// Makes a tool.
    public init(_ kind: Kind, cacheMark: ContentPart.CacheMark? = nil) {
        self.kind = kind
        self.cacheMark = cacheMark
    }

    /// What a tool is.
    public enum Kind: Sendable, Hashable {
        /// A function of the caller's.
        case function(Function)
        /// A tool that runs at the provider (web search, code execution, …), as it came; only its own dialect has it.
        case hosted(ChatDialect, name: String, JSONValue)
    }

    /// A function of the caller's.
    public struct Function: Sendable, Hashable {
        /// Its name.
        public var name: String
        /// What it is for.
        public var description: String?
        /// A JSON schema of its arguments; nil when it takes none.
        public var parameters: JSONValue?
        /// Whether the arguments must fit the schema exactly.
        public var isStrict: Bool?

        /// Makes a function.
        public init(name: String, description: String? = nil, parameters: JSONValue? = nil, isStrict: Bool? = nil) {
            self.name = name
            self.description = description
            self.parameters = parameters
            self.isStrict = isStrict
        }
    }
}
