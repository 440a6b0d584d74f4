import ModeluxCore
import ModeluxWire
import NIOCore

/// The account of one request while it runs: what will become its record, the clock, and the bodies to keep.
///
/// A value that the steps hand on; only the request's own task touches it.
struct Operation {
    /// What will be booked.
    var record: RequestRecord
    /// Monotonic nanoseconds at which the work began.
    let started: UInt64
    /// Nanoseconds spent waiting for providers and for the caller's network.
    var waited: UInt64 = 0
    /// Models and prices as they were when the operation began.
    var catalogue: Catalogue?
    /// What it holds of its caller's limits.
    var hold = Hold()
    /// Whether the answer should say why.
    var wantsTrace = false
    /// The request's body as the caller sent it, if bodies are to be stored.
    var requestBody: ByteBuffer?
    /// What has been relayed of the answer, if bodies are to be stored.
    var responseBody: ByteBuffer?
    /// Bytes of the common account that `responseBody` has taken.
    var keptRoom = 0
    /// Numbers attempts that run at once; nil where they follow each other.
    var numbers: AttemptNumbers?
    /// The config that decided, under which the length of answers is remembered.
    var configID: Identifier?
    /// Under which key the answer is kept for others, if it is.
    var cacheKey: KeyDigest?
    /// What has been relayed of an answer that is kept for others; nil when it is not, or has become too long.
    var cachedBody: ByteBuffer?
    /// Whether it has been booked; it is booked once.
    var isSettled = false
    /// Whether it must be booked: its caller is known.
    var isAccountable = false

    /// The kept part of an answer has at most this many bytes: the body store cuts there too.
    private static let maximumKeptBytes = 1 << 20

    /// Begins the account of a request that has just arrived.
    init(at clock: OperationClock) {
        let now = clock.wall()
        started = clock.monotonic()
        record = RequestRecord(requestID: clock.makeRequestID(now), createdAt: now, endpoint: "")
    }

    /// Makes the operation accountable: from here on it is booked whatever happens.
    mutating func open(for caller: Caller, endpoint: Endpoint) {
        record.projectID = caller.project.id
        record.keyID = caller.key.id
        record.endpoint = endpoint.name
        record.surface = endpoint.surface
        isAccountable = true
    }

    /// Writes a failure into the record, unless an answer's status is there already.
    mutating func fail(_ failure: Failure) {
        if record.status == 0 { record.status = failure.kind.status }
        record.errorCode = failure.kind.code
        record.errorMessage = failure.message
    }

    /// The number of the next attempt.
    func nextNumber() -> Int { numbers?.next() ?? record.attempts.count + 1 }

    /// Takes over what a member of an ensemble has done.
    mutating func absorb(_ member: Operation) {
        record.attempts += member.record.attempts
        hold.begun += member.hold.begun
        for (index, candidate) in (member.record.trace?.candidates ?? []).enumerated() {
            guard candidate.verdict == .tried || candidate.verdict == .skipped else { continue }
            mark(index, candidate.verdict)
        }
        if let dropped = member.record.trace?.dropped, !dropped.isEmpty { record.trace?.dropped = dropped }
    }

    /// Forgets how the attempt before ended, so that the next one can decide.
    mutating func beginAttempt() {
        record.status = 0
        record.errorCode = nil
        record.errorMessage = nil
    }

    /// Keeps a piece of a stream that is being relayed, as long as the common account has room; without room the bodies
    /// are left out, and the record says so.
    mutating func keep(_ bytes: ByteBuffer, in account: KeptBodies) {
        keepForOthers(bytes)
        guard let kept = responseBody, kept.readableBytes < Operation.maximumKeptBytes else { return }
        while kept.readableBytes + bytes.readableBytes > keptRoom, keptRoom < Operation.maximumKeptBytes {
            guard account.takeStep() else {
                requestBody = nil
                responseBody = nil
                record.bodies = .shed
                return release(to: account)
            }
            keptRoom += KeptBodies.step
        }
        keep(bytes)
    }

    /// Gives back what was taken of the common account.
    mutating func release(to account: KeptBodies) {
        account.giveBack(keptRoom)
        keptRoom = 0
    }

    /// Keeps a whole answer.
    mutating func keep(whole body: ByteBuffer) {
        keepForOthers(body)
        keep(body)
    }

    private mutating func keepForOthers(_ bytes: ByteBuffer) {
        guard var kept = cachedBody else { return }
        cachedBody = nil
        guard kept.readableBytes + bytes.readableBytes <= ResponseCache.maximumEntryBytes else { return }
        kept.writeImmutableBuffer(bytes)
        cachedBody = kept
    }

    /// Keeps what is being relayed, up to the limit.
    private mutating func keep(_ bytes: ByteBuffer) {
        guard var kept = responseBody else { return }
        responseBody = nil  // so that `kept` is the only owner and appends in place
        var piece = bytes
        let room = max(0, Operation.maximumKeptBytes - kept.readableBytes)
        if piece.readableBytes > room { piece = piece.getSlice(at: piece.readerIndex, length: room) ?? ByteBuffer() }
        kept.writeBuffer(&piece)
        responseBody = kept
    }

    /// Charges an attempt for what was observed of its answer; what the provider did not report is estimated. Work of
    /// other models within the call is charged at their own prices.
    mutating func bill(
        _ answer: ObservedAnswer, estimatingInput inputTokens: Int64, to index: Int, at candidate: Plan.Candidate
    ) {
        record.attempts[index].serviceTier = answer.serviceTier
        bill(answer.usage(estimatingInput: inputTokens), to: index, at: candidate, serviceTier: answer.serviceTier)
        for side in answer.sideUsage {
            let price = catalogue?.model(side.model, at: candidate.provider)?.price(at: record.createdAt)
            record.attempts[index].cost.other += Meter.cost(of: side.usage, at: price).total
        }
    }

    /// Charges an attempt for a usage.
    mutating func bill(_ usage: Usage, to index: Int, at candidate: Plan.Candidate, serviceTier: String? = nil) {
        record.attempts[index].usage = usage
        record.attempts[index].cost = Meter.cost(of: usage, at: candidate.price, serviceTier: serviceTier)
    }

    /// Milliseconds from the operation's start to `now`.
    func milliseconds(at now: UInt64) -> Double {
        Double(now &- started) / 1_000_000
    }
}
