/// A piece of a message or of an answer.
public struct ContentPart: Sendable, Hashable {
    /// What it is.
    public var kind: Kind
    /// Whether a prompt cache should reach up to the end of this part.
    public var cacheMark: CacheMark?

    /// Makes a part.
    public init(_ kind: Kind, cacheMark: CacheMark? = nil) {
        self.kind = kind
        self.cacheMark = cacheMark
    }

    /// A text without a cache mark.
    public static func text(_ text: String) -> ContentPart { ContentPart(.text(text)) }

    /// What a part is.
    public enum Kind: Sendable, Hashable {
        /// Text.
        case text(String)
        /// The model's refusal in words.
        case refusal(String)
        /// An image.
        case image(Media)
        /// A document, such as a PDF or a text file.
        case document(Media)
        /// A sound.
        case audio(Media)
        /// A film.
        case video(Media)
        /// The model calls a tool.
        case toolCall(ToolCall)
        /// What a tool answered.
        case toolResult(ToolResult)
        /// What the model thought, with the provider's proof of it.
        case thinking(Thinking)
        /// Something that only one dialect has (server tools, search results, citations blocks, …), as it came.
        case foreign(ChatDialect, JSONValue)
    }

    /// How long a prompt cache should live.
    public enum CacheMark: String, Sendable, Hashable {
        /// Five minutes, the usual one.
        case fiveMinutes = "5m"
        /// An hour.
        case oneHour = "1h"
    }
}

/// An image, a document, a sound or a film.
public struct Media: Sendable, Hashable {
    /// Where it is.
    public var source: Source
    /// Its type: `image/png`. Nil when it was not told; an encoder that needs one looks at the first bytes or the name.
    public var mediaType: String?
    /// A file name or title.
    public var name: String?
    /// How closely to look (`low`, `high`, `auto`).
    public var detail: String?

    /// Where the bytes are.
    public enum Source: Sendable, Hashable {
        /// Base64 in the request.
        case base64(String)
        /// Plain text in the request (documents).
        case text(String)
        /// An address that the provider fetches. The gateway itself never fetches it.
        case url(String)
        /// A file that lies at the provider.
        case file(String)
    }

    /// Makes a medium.
    public init(_ source: Source, mediaType: String? = nil, name: String? = nil, detail: String? = nil) {
        self.source = source
        self.mediaType = mediaType
        self.name = name
        self.detail = detail
    }
}

/// A call of a tool by the model.
public struct ToolCall: Sendable, Hashable {
    /// The id that the result must name; made by the decoder where the provider gives none, stable within an answer.
    public var id: String
    /// The tool.
    public var name: String
    /// The arguments as JSON text, as they came; `{}` when there are none.
    public var arguments: String
    /// The provider's proof of the thought that led to the call (Gemini's `thoughtSignature`).
    public var signature: Signature?

    /// Makes a call.
    public init(id: String, name: String, arguments: String, signature: Signature? = nil) {
        self.id = id
        self.name = name
        self.arguments = arguments
        self.signature = signature
    }
}

/// What a tool answered.
public struct ToolResult: Sendable, Hashable {
    /// The call that it answers.
    public var callID: String
    /// The tool, where it is known.
    public var name: String?
    /// The answer: texts, images, documents.
    public var parts: [ContentPart]
    /// Whether the tool failed.
    public var isError: Bool

    /// Makes a result.
    public init(callID: String, name: String? = nil, parts: [ContentPart], isError: Bool = false) {
        self.callID = callID
        self.name = name
        self.parts = parts
        self.isError = isError
    }
}

/// What a model thought. Providers want it back unchanged in the turns that follow a tool call.
public struct Thinking: Sendable, Hashable {
    /// The text; empty when only the proof or the sealed form was given.
    public var text: String
    /// The provider's proof.
    public var signature: Signature?
    /// The sealed form that some providers send instead of a text (`redacted_thinking`), as it came.
    public var sealed: String?

    /// Makes a thought.
    public init(_ text: String, signature: Signature? = nil, sealed: String? = nil) {
        self.text = text
        self.signature = signature
        self.sealed = sealed
    }
}

/// A provider's proof of a thought. Only the provider that made it accepts it: an encoder of another one leaves it out.
public struct Signature: Sendable, Hashable {
    /// Who made it. Anthropic and Bedrock share theirs: both are `.anthropic`.
    public var origin: ChatDialect
    /// The proof itself.
    public var value: String

    /// What a proof of Gemini begins with where it travels in a field that another dialect made for its own.
    private static let geminiMark = "gemini."

    /// Makes a proof.
    public init(_ value: String, origin: ChatDialect) {
        self.origin = origin
        self.value = value
    }

    /// Reads a proof from a field of Anthropic's shape, into which `carried` may have packed another's.
    public init(carried text: String) {
        if text.hasPrefix(Signature.geminiMark) {
            self.init(String(text.dropFirst(Signature.geminiMark.utf8.count)), origin: .gemini)
        } else {
            self.init(text, origin: .anthropic)
        }
    }

    /// The proof for a field of Anthropic's shape: its own as they are, others with a mark, so that they come back to
    /// whom they belong.
    public var carried: String { origin == .gemini ? Signature.geminiMark + value : value }
}
