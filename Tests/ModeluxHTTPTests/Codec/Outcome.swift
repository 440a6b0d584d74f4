import NIOCore

@testable import ModeluxHTTP

/// What our codec makes of the bytes of one connection: the messages that it took and how it ended.
struct Outcome: Equatable {
    struct Message: Equatable {
        var start: String
        var fields: [String]
        var body = ByteBuffer()
        var isComplete = false
    }

    enum End: Equatable {
        /// More bytes are needed, or the connection closes after the last message.
        case open
        case refused(Int)
    }

    var messages: [Message] = []
    var end = End.open

    /// Reads requests from pieces that arrive one after another.
    static func requests(_ pieces: [ByteBuffer], limits: HeadLimits = .standard) -> Outcome {
        var machine = RequestMachine(limits: limits)
        for piece in pieces { machine.feed(piece) }
        return machine.outcome
    }

    /// Reads one response to a `GET` or `HEAD`; the end of the pieces is the end of the connection.
    static func response(_ pieces: [ByteBuffer], isHead: Bool = false) -> Outcome {
        var machine = ResponseMachine(isHead: isHead)
        for piece in pieces { machine.feed(piece) }
        machine.finish()
        return machine.outcome
    }

    static func requests(_ text: String) -> Outcome { requests([ByteBuffer(string: text)]) }

    static func response(_ text: String) -> Outcome { response([ByteBuffer(string: text)]) }
}

extension HeadLimits {
    static let standard = HeadLimits(maximumBytes: 65_536, maximumFields: 200)
}

/// Drives the readers as a server connection does, without a socket.
struct RequestMachine {
    private(set) var outcome = Outcome()
    private var inbound = ReceivedBytes()
    private var reader: RequestReader
    private var body: BodyReader?
    private var isClosing = false
    private var closesAfter = false

    init(limits: HeadLimits) {
        reader = RequestReader(limits: limits)
    }

    mutating func feed(_ piece: ByteBuffer) {
        guard outcome.end == .open, !isClosing else { return }
        inbound.append(piece)
        do throws(HTTPViolation) {
            while try step() {}
        } catch {
            outcome.end = .refused(error.status)
        }
        inbound.trim()
    }

    private mutating func step() throws(HTTPViolation) -> Bool {
        guard !isClosing else { return false }
        guard body != nil else {
            guard inbound.count > 0, let head = try reader.read(from: &inbound.buffer) else { return false }
            var fields: [String] = []
            head.headers.forEach { fields.append("\($0): \($1)") }
            let version = head.isHTTP11 ? "1.1" : "1.0"
            outcome.messages.append(.init(start: "\(head.method) \(head.target) \(version)", fields: fields))
            closesAfter = head.closesConnection
            body = BodyReader(head.framing)
            return true
        }
        switch try body?.next(from: &inbound.buffer) {
        case .data(let bytes):
            outcome.messages[outcome.messages.count - 1].body.writeImmutableBuffer(bytes)
            return true
        case .end:
            outcome.messages[outcome.messages.count - 1].isComplete = true
            body = nil
            isClosing = closesAfter
            return true
        case .needsMore, nil:
            return false
        }
    }
}

/// Drives the readers as an upstream connection does, without a socket.
struct ResponseMachine {
    private(set) var outcome = Outcome()
    private var inbound = ReceivedBytes()
    private var reader = ResponseReader(limits: .standard)
    private var body: BodyReader?
    private let isHead: Bool
    private var isOver = false

    init(isHead: Bool) {
        self.isHead = isHead
    }

    mutating func feed(_ piece: ByteBuffer) {
        guard outcome.end == .open, !isOver else { return }
        inbound.append(piece)
        do throws(HTTPViolation) {
            while try step() {}
        } catch {
            outcome.end = .refused(error.status)
        }
        inbound.trim()
    }

    mutating func finish() {
        if case .untilClose = body { outcome.messages[outcome.messages.count - 1].isComplete = true }
    }

    private mutating func step() throws(HTTPViolation) -> Bool {
        guard !isOver else { return false }
        guard body != nil else {
            guard let result = try reader.read(from: &inbound.buffer, isHead: isHead) else { return false }
            var fields: [String] = []
            result.head.headers.forEach { fields.append("\($0): \($1)") }
            outcome.messages.append(.init(start: "\(result.head.status)", fields: fields))
            if result.head.status < 200 {
                outcome.messages[outcome.messages.count - 1].isComplete = true
            } else {
                body = BodyReader(result.framing)
            }
            return true
        }
        switch try body?.next(from: &inbound.buffer) {
        case .data(let bytes):
            outcome.messages[outcome.messages.count - 1].body.writeImmutableBuffer(bytes)
            return true
        case .end:
            outcome.messages[outcome.messages.count - 1].isComplete = true
            isOver = true
            return false
        case .needsMore, nil:
            return false
        }
    }
}
