import ModeluxCore

/// The gateway's own top-level members of a request, the same on every surface.
enum RequestExtension: UInt32, CaseIterable {
    case endUser, tags, trace, cache

    /// Its name in the body.
    var name: StaticString {
        switch self {
        case .endUser: "mlx:end_user"
        case .tags: "mlx:tags"
        case .trace: "mlx:trace"
        case .cache: "mlx:cache"
        }
    }

    /// Reads the member's value.
    func read(_ source: inout RequestScanner, into head: inout InquiryHead) throws(RequestScanner.Problem) {
        switch self {
        case .endUser: head.endUser = try source.label(name)
        case .tags: try readTags(&source, into: &head.tags)
        case .trace: head.wantsTrace = try source.optionalBool(name) ?? false
        case .cache: head.skipsCache = try readCache(&source)
        }
    }

    private func readTags(_ source: inout RequestScanner, into tags: inout Tags) throws(RequestScanner.Problem) {
        guard source.peek() == UInt8(ascii: "{") else {
            guard try source.skip().kind == .null else { throw source.wrongKind(name, "an object of strings") }
            return
        }
        try source.beginObject()
        while let key = try source.nextName() {
            guard let text = source.string(try source.skip()) else {
                throw source.wrongKind(name, "an object of strings")
            }
            do throws(Failure) {
                try tags.set(source.string(key), to: text)
            } catch {
                throw .field(error)
            }
        }
    }

    private func readCache(_ source: inout RequestScanner) throws(RequestScanner.Problem) -> Bool {
        guard source.peek() == UInt8(ascii: "{") else {
            guard try source.skip().kind == .null else {
                throw source.wrongKind(name, "an object such as {\"skip\": true}")
            }
            return false
        }
        var skipsCache = false
        try source.beginObject()
        while let key = try source.nextName() {
            let value = try source.skip()
            guard source.matches(key, "skip") else { continue }
            guard let skips = source.bool(value) else { throw source.wrongKind("mlx:cache.skip", "a boolean") }
            skipsCache = skips
        }
        return skipsCache
    }
}

/// What the gateway reads in a request's `metadata`.
struct RequestMetadata {
    /// `trace_id`.
    private(set) var traceID: String?
    /// `conversation_id`.
    private(set) var conversationID: String?
    /// `user_id`.
    private(set) var userID: String?
    /// The ranges that remove the gateway's own two.
    private(set) var removals = MemberRemovals()

    /// Reads the value that comes next; what is no object says nothing.
    init(_ source: inout RequestScanner) throws(RequestScanner.Problem) {
        guard try source.beginObjectIfThere() else { return }
        while let name = try source.nextName() {
            let value = try source.skip()
            var isOwn = true
            if source.matches(name, "trace_id") {
                traceID = source.shortLabel(value)
            } else if source.matches(name, "conversation_id") {
                conversationID = source.shortLabel(value)
            } else {
                isOwn = false
                if source.matches(name, "user_id") { userID = source.shortLabel(value) }
            }
            removals.take(name.range.lowerBound - 1..<source.position, isRemoved: isOwn)
        }
        removals.close(at: source.position - 1)
    }
}
