/// Why a message was refused below the handler. Each case fixes the status of the answer.
enum HTTPViolation: Error, Equatable {
    /// Not HTTP/1.1 as RFC 9112 writes it; the sentence says what is wrong and never quotes the bytes.
    case malformed(StaticString)
    /// More head bytes than the limit.
    case headTooLarge
    /// More header fields than the limit.
    case tooManyFields
    /// A well-formed version that is neither 1.0 nor 1.1.
    case versionNotSupported
    /// TRACE and CONNECT, which this server refuses for every target.
    case methodNotAllowed
    /// A method that nobody here knows.
    case methodNotImplemented
    /// A transfer coding in front of `chunked`.
    case codingNotImplemented
    /// An `Expect` other than `100-continue`.
    case expectationFailed

    /// The status of the answer.
    var status: Int {
        switch self {
        case .malformed: 400
        case .headTooLarge, .tooManyFields: 431
        case .versionNotSupported: 505
        case .methodNotAllowed: 405
        case .methodNotImplemented, .codingNotImplemented: 501
        case .expectationFailed: 417
        }
    }

    /// The sentence of the answer: what the sender has to change.
    var message: String {
        switch self {
        case .malformed(let reason): reason.description
        case .headTooLarge: "the request head is larger than this server accepts"
        case .tooManyFields: "the request has more header fields than this server accepts"
        case .versionNotSupported: "this server speaks HTTP/1.1 and HTTP/1.0"
        case .methodNotAllowed: "this method is not allowed here"
        case .methodNotImplemented: "this method is not known here"
        case .codingNotImplemented: "the only transfer coding accepted is chunked"
        case .expectationFailed: "the only expectation accepted is 100-continue"
        }
    }

    /// The sentence about an answer of an upstream that broke the rule.
    var upstreamMessage: String {
        switch self {
        case .malformed(let reason): reason.description
        case .headTooLarge: "the head is larger than the limit"
        case .tooManyFields: "the head has more fields than the limit"
        case .versionNotSupported: "the version is neither HTTP/1.1 nor HTTP/1.0"
        case .codingNotImplemented: "the transfer coding is not chunked alone"
        case .methodNotAllowed, .methodNotImplemented, .expectationFailed: "the head is not one of a response"
        }
    }

    static func == (left: HTTPViolation, right: HTTPViolation) -> Bool {
        left.status == right.status && left.message == right.message
    }
}
