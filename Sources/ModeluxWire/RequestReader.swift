import ModeluxCore

/// A member that a reader looks for; each may be there once.
protocol HeadField: RawRepresentable, CaseIterable where RawValue == UInt32 {
    /// Its name in the body.
    var name: StaticString { get }
}

/// The one pass over a request body that fills an `InquiryHead`: what the surfaces have in common.
protocol RequestReader {
    associatedtype Field: HeadField

    var source: RequestScanner { get set }
    var head: InquiryHead { get set }
    /// The end user as the dialect itself names it.
    var user: String? { get }

    /// Reads the value of a member.
    mutating func read(_ field: Field) throws(RequestScanner.Problem)
}

extension RequestReader {
    /// Reads the whole body.
    mutating func readBody() throws(Failure) -> InquiryHead {
        do throws(RequestScanner.Problem) {
            try readMembers()
        } catch {
            throw error.failure
        }
        guard !head.model.isEmpty else {
            throw Failure(.missingField, "the request names no model: set \"model\"", parameter: "model")
        }
        if head.endUser == nil { head.endUser = user }
        return head
    }

    private mutating func readMembers() throws(RequestScanner.Problem) {
        /// One bit for each field, so that seeing one twice costs nothing.
        var seen: UInt32 = 0
        var seenExtensions: UInt32 = 0
        var removals = MemberRemovals()
        try source.beginObject()
        while let name = try source.nextName() {
            let start = name.range.lowerBound - 1
            let isOwn = source.hasPrefix(name, "mlx:")
            if isOwn {
                if let member = RequestExtension.allCases.first(where: { source.matches(name, $0.name) }) {
                    try once(1 << member.rawValue, in: &seenExtensions, at: start)
                    try readExtension(member)
                } else {
                    try source.skip()
                }
            } else if let field = Field.allCases.first(where: { source.matches(name, $0.name) }) {
                try once(1 << field.rawValue, in: &seen, at: start)
                try read(field)
            } else {
                try source.skip()
            }
            removals.take(start..<source.position, isRemoved: isOwn)
        }
        head.layout.closingBrace = source.position - 1
        removals.close(at: head.layout.closingBrace)
        head.layout.removals += removals.ranges
        try source.end()
    }

    /// `source` and `head` are requirements: only copies of them may be lent at the same time.
    private mutating func readExtension(_ member: RequestExtension) throws(RequestScanner.Problem) {
        var head = head
        try member.read(&source, into: &head)
        self.head = head
    }

    private func once(_ bit: UInt32, in seen: inout UInt32, at start: Int) throws(RequestScanner.Problem) {
        guard seen & bit == 0 else { throw .json(JSONFault(.duplicateMember, at: start)) }
        seen |= bit
    }

    /// Reads the model, which every endpoint names.
    mutating func readModel() throws(RequestScanner.Problem) {
        let value = try source.skip()
        if value.kind == .null { return }
        guard let model = source.string(value) else {
            throw source.wrongKind("model", "a string", kind: .missingField)
        }
        guard model.utf8.count <= RequestScanner.maximumLabelBytes else {
            throw source.wrongKind("model", "a name of at most \(RequestScanner.maximumLabelBytes) bytes")
        }
        head.model = model
        head.layout.modelValue = value.range
    }

    /// Reads the tools that are offered.
    mutating func readTools() throws(RequestScanner.Problem) {
        let text = source.textBytes
        let value = try source.skip()
        head.textBytes += source.textBytes - text
        if value.kind == .array, value.range.count > 2 { head.hasTools = true }
    }

    /// Takes a limit of output tokens. A negative one means "none" to some local engines, and others refuse it.
    mutating func readLimit(_ name: StaticString) throws(RequestScanner.Problem) {
        guard let limit = try source.optionalInteger(name), limit >= 0 else { return }
        head.maximumOutputTokens = max(limit, head.maximumOutputTokens ?? 0)
    }
}
