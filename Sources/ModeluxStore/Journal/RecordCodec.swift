import ModeluxCore

/// The binary form of intents and records, in the journal and in the `detail` column of the day files.
///
/// A payload begins with its version; later versions may append fields, which this one ignores. Texts over their
/// limits are cut, since the journal reserves a bounded room for every record; attempts are never left out.
enum RecordCodec {
    /// No record takes more, whatever it holds.
    static let maximumRecordBytes = 32 * 1024
    /// No intent takes more.
    static let maximumIntentBytes = 16 * 1024
    /// What an intent reserves for its record. A lean record of n attempts fits into n reservations: at most 1.9 KB of
    /// its own and 1 KB an attempt.
    static let reservedBytes = 4096

    private static let version: UInt8 = 1

    /// How much of a record is written.
    enum Form {
        /// Everything.
        case full
        /// What money and the list need: no tags beyond the ledger's, no trace, no reasons.
        case lean
    }

    // MARK: Intents

    /// Writes an intent.
    static func encode(_ intent: LedgerIntent, to writer: inout ByteWriter) {
        writer.byte(version)
        encode(intent.requestID, to: &writer)
        writer.signed(Int64(intent.attempt))
        writer.signed(intent.createdAt.microseconds)
        writer.text(intent.projectID.text, limit: Limit.identifier)
        writer.text(intent.keyID.text, limit: Limit.identifier)
        writer.text(intent.providerID.text, limit: Limit.identifier)
        writer.text(intent.provider, limit: Limit.name)
        writer.text(intent.model, limit: Limit.model)
        writer.signed(intent.hold.nanoUSD)
        optional(intent.priceID, limit: Limit.model, to: &writer)
        optional(intent.endUser, limit: Limit.model, to: &writer)
        optional(intent.config?.slug, limit: Limit.name, to: &writer)
        writer.signed(Int64(intent.config?.version ?? 0))
        encode(intent.tags, to: &writer)
    }

    /// Reads an intent; nil when the bytes are none.
    static func decodeIntent(_ bytes: UnsafeRawBufferPointer, texts: TextCache? = nil) -> LedgerIntent? {
        var reader = unsafe ByteReader(bytes, texts: texts)
        guard reader.byte() == version else { return nil }
        var intent = LedgerIntent(
            requestID: requestID(&reader), attempt: reader.int(),
            createdAt: Timestamp(microseconds: reader.signed()), projectID: Identifier(reader.text()),
            keyID: Identifier(reader.text()), providerID: Identifier(reader.text()), provider: reader.text(),
            model: reader.text(), hold: Money(nanoUSD: reader.signed()), priceID: optional(&reader))
        guard !reader.isAtEnd else { return reader.hasFailed ? nil : intent }
        intent.endUser = optional(&reader)
        let slug = optional(&reader)
        let configVersion = reader.int()
        intent.config = slug.map { Plan.ConfigVersion(slug: $0, version: configVersion) }
        guard let tags = tags(&reader) else { return nil }
        intent.tags = tags
        return reader.hasFailed ? nil : intent
    }

    // MARK: Records

    /// The binary form of a record in bytes of its own; a lean one when the full one is too long.
    static func bytes(of record: RequestRecord) -> [UInt8] {
        unsafe withUnsafeTemporaryAllocation(byteCount: maximumRecordBytes, alignment: 8) { buffer in
            for form in [Form.full, .lean] {
                var writer = unsafe ByteWriter(buffer)
                encode(record, form: form, to: &writer)
                if !writer.hasOverflowed { return unsafe Array(buffer[..<writer.count]) }
            }
            return []
        }
    }

    /// Writes a record; a full one that does not fit into `writer` loses its trace, then its tags.
    static func encode(_ record: RequestRecord, form: Form, to writer: inout ByteWriter) {
        writer.byte(version)
        encode(record.requestID, to: &writer)
        writer.signed(record.createdAt.microseconds)
        writer.byte(surfaceNumber(record.surface) | (record.isStream ? 0x10 : 0) | bodiesNumber(record.bodies) << 5)
        optional(record.projectID?.text, limit: Limit.identifier, to: &writer)
        optional(record.keyID?.text, limit: Limit.identifier, to: &writer)
        writer.text(record.endpoint, limit: Limit.name)
        writer.text(record.requestedModel, limit: Limit.model)
        optional(record.provider, limit: Limit.name, to: &writer)
        optional(record.model, limit: Limit.model, to: &writer)
        optional(record.config?.slug, limit: Limit.name, to: &writer)
        writer.signed(Int64(record.config?.version ?? 0))
        writer.signed(Int64(record.status))
        optional(record.errorCode, limit: Limit.identifier, to: &writer)
        optional(form == .lean ? nil : record.errorMessage, limit: Limit.sentence, to: &writer)
        optional(record.endUser, limit: Limit.model, to: &writer)
        optional(record.traceID, limit: Limit.name, to: &writer)
        optional(record.conversationID, limit: Limit.name, to: &writer)
        optional(record.sdk, limit: Limit.name, to: &writer)
        optional(record.latency.firstByteMilliseconds, to: &writer)
        writer.milliseconds(record.latency.totalMilliseconds)
        writer.milliseconds(record.latency.gatewayMilliseconds)
        writer.varint(UInt64(record.attempts.count))
        let attempts = record.attempts.span
        for index in attempts.indices { encode(attempts[index], form: form, to: &writer) }
        guard form == .full, !writer.hasOverflowed else {
            writer.varint(0)
            writer.byte(0)
            return
        }
        encodeExtras(record, to: &writer)
    }

    /// Tags and trace, as far as they fit.
    private static func encodeExtras(_ record: RequestRecord, to writer: inout ByteWriter) {
        let start = writer.count
        encode(record.tags, to: &writer)
        if writer.hasOverflowed || writer.remaining < 1 {
            writer.rewind(to: start)
            writer.varint(0)
            writer.byte(0)
            return
        }
        let traceStart = writer.count
        TraceCodec.encode(record.trace, to: &writer)
        if writer.hasOverflowed {
            writer.rewind(to: traceStart)
            writer.byte(0)
        }
    }

    /// Reads a record; nil when the bytes are none.
    static func decodeRecord(_ bytes: UnsafeRawBufferPointer, texts: TextCache? = nil) -> RequestRecord? {
        var reader = unsafe ByteReader(bytes, texts: texts)
        guard reader.byte() == version else { return nil }
        let id = requestID(&reader)
        let createdAt = Timestamp(microseconds: reader.signed())
        let flags = reader.byte()
        guard let surface = surface(flags & 0x0F), let bodies = bodies(flags >> 5) else { return nil }
        var record = RequestRecord(
            requestID: id, createdAt: createdAt, projectID: optional(&reader).map { Identifier($0) },
            keyID: optional(&reader).map { Identifier($0) }, surface: surface, endpoint: reader.text(),
            isStream: flags & 0x10 != 0, requestedModel: reader.text(), provider: optional(&reader),
            model: optional(&reader), bodies: bodies)
        let slug = optional(&reader)
        let version = reader.int()
        record.config = slug.map { Plan.ConfigVersion(slug: $0, version: version) }
        record.status = reader.int()
        record.errorCode = optional(&reader)
        record.errorMessage = optional(&reader)
        record.endUser = optional(&reader)
        record.traceID = optional(&reader)
        record.conversationID = optional(&reader)
        record.sdk = optional(&reader)
        record.latency = RequestRecord.Latency(
            firstByteMilliseconds: optionalMilliseconds(&reader), totalMilliseconds: reader.milliseconds(),
            gatewayMilliseconds: reader.milliseconds())
        let attempts = reader.length()
        for _ in 0..<attempts {
            guard let attempt = attempt(&reader), !reader.hasFailed else { return nil }
            record.attempts.append(attempt)
        }
        guard let tags = tags(&reader) else { return nil }
        record.tags = tags
        record.trace = TraceCodec.decode(&reader)
        return reader.hasFailed ? nil : record
    }

    // MARK: Attempts

    private static func encode(_ attempt: AttemptRecord, form: Form, to writer: inout ByteWriter) {
        writer.signed(Int64(attempt.number))
        writer.byte(outcomeNumber(attempt.outcome))
        writer.signed(Int64(attempt.status ?? 0))
        writer.text(attempt.providerID.text, limit: Limit.identifier)
        writer.text(attempt.provider, limit: Limit.name)
        writer.text(attempt.model, limit: Limit.model)
        writer.milliseconds(attempt.startedMilliseconds)
        optional(attempt.firstByteMilliseconds, to: &writer)
        writer.milliseconds(attempt.durationMilliseconds)
        let usage = attempt.usage
        writer.byte(usage.isEstimated ? 1 : 0)
        writer.signed(usage.input)
        writer.signed(usage.cachedInput)
        writer.signed(usage.cacheWrite5m)
        writer.signed(usage.cacheWrite1h)
        writer.signed(usage.output)
        writer.signed(usage.reasoning)
        writer.signed(usage.audioInput)
        writer.signed(usage.audioOutput)
        writer.signed(usage.images)
        writer.signed(usage.requests)
        let cost = attempt.cost
        writer.signed(cost.input.nanoUSD)
        writer.signed(cost.cachedInput.nanoUSD)
        writer.signed(cost.cacheWrite.nanoUSD)
        writer.signed(cost.output.nanoUSD)
        writer.signed(cost.other.nanoUSD)
        optional(cost.priceID, limit: Limit.model, to: &writer)
        optional(attempt.serviceTier, limit: Limit.identifier, to: &writer)
        writer.text(form == .lean ? "" : attempt.reason, limit: Limit.reason)
    }

    private static func attempt(_ reader: inout ByteReader) -> AttemptRecord? {
        let number = reader.int()
        guard let outcome = outcome(reader.byte()) else { return nil }
        let status = reader.int()
        var attempt = AttemptRecord(
            number: number, providerID: Identifier(reader.text()), provider: reader.text(), model: reader.text(),
            outcome: outcome, status: status == 0 ? nil : status, startedMilliseconds: reader.milliseconds(),
            firstByteMilliseconds: optionalMilliseconds(&reader), durationMilliseconds: reader.milliseconds())
        let isEstimated = reader.byte() & 1 == 1
        attempt.usage = Usage(
            input: reader.signed(), cachedInput: reader.signed(), cacheWrite5m: reader.signed(),
            cacheWrite1h: reader.signed(), output: reader.signed(), reasoning: reader.signed(),
            audioInput: reader.signed(), audioOutput: reader.signed(), images: reader.signed(),
            requests: reader.signed(), isEstimated: isEstimated)
        attempt.cost = Cost(
            input: Money(nanoUSD: reader.signed()), cachedInput: Money(nanoUSD: reader.signed()),
            cacheWrite: Money(nanoUSD: reader.signed()), output: Money(nanoUSD: reader.signed()),
            other: Money(nanoUSD: reader.signed()), priceID: optional(&reader))
        attempt.serviceTier = optional(&reader)
        attempt.reason = reader.text()
        return attempt
    }
}

/// Bytes that a text may take; the sums behind `RecordCodec.reservedBytes` rest on them.
enum Limit {
    static let identifier = 64
    static let name = 128
    static let model = 256
    static let reason = 256
    static let sentence = 512
}

// MARK: Small parts

extension RecordCodec {
    static func optional(_ value: String?, limit: Int, to writer: inout ByteWriter) {
        guard let value else { return writer.byte(0) }
        writer.byte(1)
        writer.text(value, limit: limit)
    }

    static func optional(_ reader: inout ByteReader) -> String? {
        reader.byte() == 0 ? nil : reader.text()
    }

    private static func optional(_ milliseconds: Double?, to writer: inout ByteWriter) {
        guard let milliseconds else { return writer.byte(0) }
        writer.byte(1)
        writer.milliseconds(milliseconds)
    }

    private static func optionalMilliseconds(_ reader: inout ByteReader) -> Double? {
        reader.byte() == 0 ? nil : reader.milliseconds()
    }

    private static func encode(_ tags: Tags, to writer: inout ByteWriter) {
        writer.varint(UInt64(tags.pairs.count))
        for pair in tags.pairs {
            writer.text(pair.key, limit: Tags.maximumKeyBytes)
            writer.text(pair.value, limit: Tags.maximumValueBytes)
        }
    }

    private static func tags(_ reader: inout ByteReader) -> Tags? {
        var tags = Tags()
        let count = reader.length()
        for _ in 0..<count {
            let (key, value) = (reader.text(), reader.text())
            guard !reader.hasFailed else { return nil }
            // A tag over the limits of Tags was never written by us: leave it out rather than lose the record.
            try? tags.set(key, to: value)
        }
        return tags
    }

    private static func encode(_ id: RequestID, to writer: inout ByteWriter) {
        writer.word(id.high)
        writer.word(id.low)
    }

    private static func requestID(_ reader: inout ByteReader) -> RequestID {
        RequestID(high: reader.word(), low: reader.word())
    }

    private static func surfaceNumber(_ surface: RequestRecord.Surface) -> UInt8 {
        switch surface {
        case .openai: 0
        case .anthropic: 1
        }
    }

    private static func surface(_ number: UInt8) -> RequestRecord.Surface? {
        switch number {
        case 0: .openai
        case 1: .anthropic
        default: nil
        }
    }

    private static func bodiesNumber(_ bodies: RequestRecord.Bodies) -> UInt8 {
        switch bodies {
        case .stored: 0
        case .off: 1
        case .shed: 2
        }
    }

    private static func bodies(_ number: UInt8) -> RequestRecord.Bodies? {
        switch number {
        case 0: .stored
        case 1: .off
        case 2: .shed
        default: nil
        }
    }

    private static func outcomeNumber(_ outcome: AttemptRecord.Outcome) -> UInt8 {
        switch outcome {
        case .success: 0
        case .timeout: 1
        case .rateLimited: 2
        case .serverError: 3
        case .connectionError: 4
        case .authError: 5
        case .invalidRequest: 6
        case .notAccepted: 7
        case .cancelled: 8
        }
    }

    private static func outcome(_ number: UInt8) -> AttemptRecord.Outcome? {
        switch number {
        case 0: .success
        case 1: .timeout
        case 2: .rateLimited
        case 3: .serverError
        case 4: .connectionError
        case 5: .authError
        case 6: .invalidRequest
        case 7: .notAccepted
        case 8: .cancelled
        default: nil
        }
    }
}
