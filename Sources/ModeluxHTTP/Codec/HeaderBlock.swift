public import NIOCore

/// The header fields of one message, in order, in one flat buffer.
///
/// A block read from a connection shares the bytes that were received: taking it costs one array, and no `String`
/// exists until a value is asked for. Names match in any ASCII case. A name or value that could break the message
/// apart (CR, LF, NUL, other control bytes, a name that is not a token) never enters a block.
public struct HeaderBlock: Sendable {
    /// Where one field lies in the bytes; the positions count from the start of the storage.
    struct Field {
        var nameStart: UInt32
        var nameLength: UInt16
        var kind: FieldKind
        var valueStart: UInt32
        var valueLength: UInt32
    }

    private(set) var bytes: ByteBuffer
    private(set) var fields: [Field]
    /// True while `bytes` is exactly `name: value CRLF` of every field in order, so it can be sent in one copy.
    private(set) var isWireForm: Bool

    /// An empty block; allocates nothing.
    public init() {
        bytes = ByteBuffer()
        fields = []
        isWireForm = true
    }

    /// Takes fields that a reader found in received bytes; their positions count from the reader index 0 of `bytes`.
    init(received bytes: ByteBuffer, fields: [Field]) {
        self.bytes = bytes
        self.fields = fields
        isWireForm = false
    }

    /// How many fields there are; a name that occurs twice counts twice.
    public var count: Int { fields.count }

    /// True when there is no field.
    public var isEmpty: Bool { fields.isEmpty }

    /// Adds a field after those that are there. One copy, no further allocation once the buffer has room.
    ///
    /// - Returns: `false`, and the block is unchanged, when the name is not a token or the value holds CR, LF, NUL or
    ///   another control byte. Spaces around the value are not sent.
    @discardableResult
    @_disfavoredOverload
    public mutating func add(_ name: String, _ value: String) -> Bool {
        name.withBytes { nameBytes in
            value.withBytes { append(name: nameBytes, value: $0) }
        }
    }

    /// Adds a field whose name is a literal of the program: only the value is checked.
    @discardableResult
    public mutating func add(_ name: StaticString, _ value: String) -> Bool {
        value.withBytes { append(literal: name, value: $0) }
    }

    /// Makes room once for the fields that are about to be added, instead of growing with each.
    public mutating func reserve(fields count: Int, bytes capacity: Int) {
        fields.reserveCapacity(fields.count + count)
        bytes.reserveCapacity(minimumWritableBytes: capacity)
    }

    /// Adds a field whose value is a decimal number.
    @discardableResult
    public mutating func add(_ name: StaticString, _ value: Int) -> Bool {
        add(name, String(value))
    }

    /// Removes every field of that name and adds this one.
    ///
    /// - Returns: `false`, and the block is unchanged, when name or value cannot be sent (see ``add(_:_:)-(String,String)``).
    @discardableResult
    public mutating func set(_ name: String, _ value: String) -> Bool {
        var copy = self
        copy.remove(name)
        guard copy.add(name, value) else { return false }
        self = copy
        return true
    }

    /// Removes every field of that name.
    public mutating func remove(_ name: String) {
        let kept = fields.filter { !matches($0, name) }
        guard kept.count != fields.count else { return }
        fields = kept
        isWireForm = false
    }

    /// The value of the first field of that name, or `nil`. Linear in the number of fields; makes one `String`.
    public func first(_ name: StaticString) -> String? {
        index(of: name).map { value(fields[$0]) }
    }

    /// The value of the first field of a name that is not known before the program runs.
    @_disfavoredOverload
    public func first(_ name: String) -> String? {
        fields.first { matches($0, name) }.map(value)
    }

    /// The values of all fields of that name, in order.
    public func values(_ name: String) -> [String] {
        fields.filter { matches($0, name) }.map(value)
    }

    /// The bytes of the first value of that name without making a `String`: a slice, no copy.
    public func firstBytes(_ name: StaticString) -> ByteBuffer? {
        guard let index = index(of: name) else { return nil }
        let field = fields[index]
        return bytes.getSlice(at: Int(field.valueStart), length: Int(field.valueLength))
    }

    /// True when a field of that name is there.
    public func contains(_ name: StaticString) -> Bool {
        index(of: name) != nil
    }

    /// True when a field of that name is there; for names that are not known before the program runs.
    @_disfavoredOverload
    public func contains(_ name: String) -> Bool {
        fields.contains { matches($0, name) }
    }

    /// True when a field's name begins so; one pass that spares a look-up for each name of a family.
    public func contains(prefix: StaticString) -> Bool {
        let received = bytes.readableBytesUInt8Span
        for field in fields where received.extracting(field.nameRange).hasPrefixIgnoringCase(prefix) { return true }
        return false
    }

    /// Calls `body` for each field in order.
    public func forEach(_ body: (_ name: String, _ value: String) -> Void) {
        for field in fields {
            body(name(field), value(field))
        }
    }

    /// Copies the fields of another block for which `isWanted` says yes to the name it is lent, without making
    /// `String`s. Names come as they were received, in any case.
    public mutating func appendAll(from other: HeaderBlock, where isWanted: (_ name: Span<UInt8>) -> Bool) {
        let source = other.bytes.readableBytesUInt8Span
        for field in other.fields {
            let name = source.extracting(field.nameRange)
            guard isWanted(name) else { continue }
            appendUnchecked(name: name, value: source.extracting(field.valueRange), kind: field.kind)
        }
    }

    /// The name of a field as it was received or added.
    func name(_ field: Field) -> String {
        bytes.getString(at: Int(field.nameStart), length: Int(field.nameLength)) ?? ""
    }

    /// The value of a field; bytes that are not UTF-8 become U+FFFD.
    func value(_ field: Field) -> String {
        bytes.getString(at: Int(field.valueStart), length: Int(field.valueLength)) ?? ""
    }

    /// Adds a field if it can be sent.
    mutating func append(name: Span<UInt8>, value: Span<UInt8>) -> Bool {
        guard HeaderBlock.isName(name), HeaderBlock.isValue(value) else { return false }
        var start = 0
        var end = value.count
        while start < end, value[start] == ASCII.space || value[start] == ASCII.tab { start += 1 }
        while end > start, value[end - 1] == ASCII.space || value[end - 1] == ASCII.tab { end -= 1 }
        appendUnchecked(name: name, value: value.extracting(start..<end), kind: FieldKind(name))
        return true
    }

    private mutating func append(literal name: StaticString, value: Span<UInt8>) -> Bool {
        guard HeaderBlock.isValue(value) else { return false }
        let bytes = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount).span
        assert(HeaderBlock.isName(bytes), "a literal name must be a token")
        appendUnchecked(name: bytes, value: value, kind: FieldKind(bytes))
        return true
    }

    private mutating func appendUnchecked(name: Span<UInt8>, value: Span<UInt8>, kind: FieldKind) {
        let nameStart = bytes.writerIndex
        let length = name.count + value.count + 4
        if bytes.storageCapacity == 0 { reserve(fields: 12, bytes: max(length, 512)) }
        // One write for the whole line: four separate ones cost three more checks of room and uniqueness.
        bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: length) { room in
            name.withUnsafeBufferPointer { room.copyMemory(from: UnsafeRawBufferPointer($0)) }
            room[name.count] = ASCII.colon
            room[name.count + 1] = ASCII.space
            let rest = UnsafeMutableRawBufferPointer(rebasing: room[(name.count + 2)...])
            value.withUnsafeBufferPointer { rest.copyMemory(from: UnsafeRawBufferPointer($0)) }
            rest[value.count] = 0x0D
            rest[value.count + 1] = 0x0A
            return length
        }
        fields.append(
            Field(
                nameStart: UInt32(truncatingIfNeeded: nameStart),
                nameLength: UInt16(truncatingIfNeeded: name.count),
                kind: kind,
                valueStart: UInt32(truncatingIfNeeded: nameStart + name.count + 2),
                valueLength: UInt32(truncatingIfNeeded: value.count)
            )
        )
    }

    private func index(of name: StaticString) -> Int? {
        let count = name.utf8CodeUnitCount
        let received = bytes.readableBytesUInt8Span
        for index in fields.indices where Int(fields[index].nameLength) == count {
            if received.extracting(fields[index].nameRange).equalsIgnoringCase(name) { return index }
        }
        return nil
    }

    private func matches(_ field: Field, _ name: String) -> Bool {
        guard name.utf8.count == Int(field.nameLength) else { return false }
        let received = bytes.readableBytesUInt8Span.extracting(field.nameRange)
        var index = 0
        for byte in name.utf8 {
            guard ASCII.lowered(byte) == ASCII.lowered(received[index]) else { return false }
            index += 1
        }
        return true
    }

    /// A token of at most 1,024 bytes.
    static func isName(_ name: Span<UInt8>) -> Bool {
        guard name.count > 0, name.count <= 1_024 else { return false }
        for index in 0..<name.count where !ASCII.isToken(name[index]) {
            return false
        }
        return true
    }

    /// A field value of at most 1 MiB without control bytes other than tab.
    static func isValue(_ value: Span<UInt8>) -> Bool {
        value.count <= 1 << 20 && FieldReader.isValue(value, 0..<value.count)
    }
}

extension HeaderBlock.Field {
    /// The bytes of the name.
    var nameRange: Range<Int> { Int(nameStart)..<Int(nameStart) + Int(nameLength) }

    /// The bytes of the value.
    var valueRange: Range<Int> { Int(valueStart)..<Int(valueStart) + Int(valueLength) }
}

extension String {
    /// Lends the bytes where they lie. `withUTF8` is for variables: to call it on a value takes a copy, which counts a
    /// reference up and down.
    @inline(__always)
    func withBytes<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        if let result = utf8.withContiguousStorageIfAvailable({ body($0.span) }) { return result }
        var copy = self
        return copy.withUTF8 { body($0.span) }
    }
}
