import AsyncHTTPClient
import ModeluxCore
import ModeluxStore
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Sends one event to one endpoint, once. The address is the one that an administrator gave and no other: redirects are
/// not followed, and certificates are verified.
struct WebhookSender: Sendable {
    /// Bytes of an answer that are read; the log keeps the beginning of them.
    private static let answerLimit = 4 << 10
    private static let keptAnswer = 256
    let client: ReceiverClient
    let timeout: Duration
    let userAgent: String
    let clock: @Sendable () -> Timestamp

    /// Sends an event.
    /// - Returns: What became of it; never throws, since every way to fail is a line of the log.
    func send(_ event: AlertEvent, to draft: WebhookDraft, secrets: [Secret], id: Identifier) async -> DeliveryAttempt {
        let body = Array((draft.format == .slack ? SlackMessage.json(event) : event.json).utf8)
        var request = HTTPClientRequest(url: draft.url)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "user-agent", value: userAgent)
        request.headers.add(name: "x-modelux-delivery", value: id.text)
        request.headers.add(name: WebhookSignature.header, value: WebhookSignature.text(body: body, secrets: secrets))
        request.body = .bytes(ByteBuffer(bytes: body))
        let begun = ContinuousClock.now
        let startedAt = clock()
        do {
            let answer = try await exchange(request)
            let isSuccess = (200..<300).contains(answer.status)
            return DeliveryAttempt(
                startedAt: startedAt, durationMilliseconds: milliseconds(since: begun), status: answer.status,
                error: isSuccess ? nil : Self.problem(answer.status), answer: answer.text,
                retryAfterSeconds: answer.retryAfterSeconds)
        } catch {
            return DeliveryAttempt(
                startedAt: startedAt, durationMilliseconds: milliseconds(since: begun), status: nil,
                error: Self.problem(error, timeout))
        }
    }

    private struct Answer: Sendable {
        let status: Int
        let text: String?
        let retryAfterSeconds: Int64?
    }

    /// The whole exchange within the timeout: also a receiver that sends its answer a byte a second.
    private func exchange(_ request: HTTPClientRequest) async throws -> Answer {
        try await withThrowingTaskGroup(of: Answer.self) { tasks in
            tasks.addTask { try await answer(request) }
            tasks.addTask {
                try await Task.sleep(for: timeout)
                throw HTTPClientError.deadlineExceeded
            }
            defer { tasks.cancelAll() }
            guard let first = try await tasks.next() else { throw HTTPClientError.cancelled }
            return first
        }
    }

    private func answer(_ request: HTTPClientRequest) async throws -> Answer {
        let response = try await client.execute(request, timeout: timeout)
        var bytes: [UInt8] = []
        for try await chunk in response.body {
            bytes += chunk.readableBytesView.prefix(Self.answerLimit - bytes.count)
            if bytes.count >= Self.answerLimit { break }
        }
        let text = AlertText.plain(String(decoding: bytes.prefix(Self.keptAnswer), as: UTF8.self))
        return Answer(
            status: Int(response.status.code), text: text.isEmpty ? nil : text,
            retryAfterSeconds: response.headers.first(name: "retry-after").flatMap { Int64($0) })
    }

    private static func problem(_ status: Int) -> String {
        (300..<400).contains(status)
            ? "the receiver answered \(status): redirects are not followed, so give the endpoint its real address"
            : "the receiver answered \(status)"
    }

    /// One sentence that holds neither the address nor a secret.
    private static func problem(_ error: any Error, _ timeout: Duration) -> String {
        switch error {
        case let error as HTTPClientError where tooLate.contains(error):
            return "there was no whole answer within \(timeout.components.seconds) s"
        case let error as HTTPClientError where error == .remoteConnectionClosed:
            return "the receiver closed the connection without an answer"
        case is CancellationError: return "the program was stopping"
        default: return "the receiver could not be reached: \(ConnectionTrouble.words(error))"
        }
    }

    private static let tooLate: [HTTPClientError] = [
        .deadlineExceeded, .readTimeout, .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout,
    ]
}

/// Milliseconds since a moment.
func milliseconds(since begun: ContinuousClock.Instant) -> Double {
    let (seconds, attoseconds) = (ContinuousClock.now - begun).components
    return Double(seconds) * 1000 + Double(attoseconds) / 1e15
}
