import ModeluxCore

/// An hour of made-up requests for the demo: a working morning of a few applications, with the odd failure. The same
/// seed makes the same hour.
struct SampleTraffic {
    /// One made-up request.
    struct Sample {
        let record: RequestRecord
        let bodies: RecordBodies
    }

    private let project: Identifier
    private let key: Identifier
    private let catalogue: Catalogue
    private var random: SampleRandom

    /// How many requests the hour has.
    static let count = 240

    init(project: Identifier, key: Identifier, catalogue: Catalogue, seed: UInt64 = 17) {
        self.project = project
        self.key = key
        self.catalogue = catalogue
        random = SampleRandom(seed: seed)
    }

    /// The requests of the hour before `now`, oldest first.
    mutating func hour(before now: Timestamp) -> [Sample] {
        let span: Int64 = 3_600_000_000
        let moments = (0..<Self.count).map { _ in
            now.advanced(byMicroseconds: -5_000_000 - Int64(random.next() % UInt64(span)))
        }
        return moments.sorted().map { sample(at: $0) }
    }

    private struct Application {
        let endUser: String
        let tags: [(String, String)]
        let model: String
        let question: String
    }

    private static let applications = [
        Application(
            endUser: "ada@example.com", tags: [("team", "support"), ("app", "helpdesk")], model: "lorem",
            question: "Summarise this ticket in two sentences."),
        Application(
            endUser: "grace@example.com", tags: [("team", "search"), ("app", "answers")], model: "lorem",
            question: "Which of these documents answers the question?"),
        Application(
            endUser: "alan@example.com", tags: [("team", "support"), ("app", "triage")], model: "tools",
            question: "Look up the order and tell me its state."),
        Application(
            endUser: "edsger@example.com", tags: [("team", "platform"), ("app", "agent")], model: "echo",
            question: "Plan the next step of the migration."),
    ]

    private mutating func sample(at moment: Timestamp) -> Sample {
        let application = Self.applications[Int(random.next() % UInt64(Self.applications.count))]
        let id = RequestID(at: moment, using: &random)
        let dice = random.next() % 100
        let isStream = random.next() % 3 == 0
        var record = RequestRecord(
            requestID: id, createdAt: moment, projectID: project, keyID: key, endpoint: "chat/completions",
            isStream: isStream, requestedModel: "@default", status: 200, endUser: application.endUser,
            sdk: "OpenAI/Python",
            bodies: .stored)
        for (name, value) in application.tags { try? record.tags.set(name, to: value) }
        record.traceID = "run-\(random.next() % 40)"
        record.config = Plan.ConfigVersion(slug: "default", version: 1)
        if dice < 3 { return limited(record, application) }
        return answered(record, application, isFailure: dice < 6)
    }

    private mutating func answered(
        _ record: RequestRecord, _ application: Application, isFailure: Bool
    ) -> Sample {
        var record = record
        let words = Int(20 + random.next() % 180)
        let usage =
            isFailure
            ? Usage.none : Usage(input: Int64(60 + random.next() % 900), output: Int64(words + words / 3))
        let provider = Provider.sandbox
        let price = catalogue.model(application.model, at: provider)?.price(at: record.createdAt)
        let first = Double(40 + random.next() % 160) / 10
        let total = first + Double(words) * (isFailure ? 0 : 1.7)
        record.provider = provider.name
        record.model = application.model
        record.attempts = [
            AttemptRecord(
                number: 1, providerID: provider.id, provider: provider.name, model: application.model,
                outcome: isFailure ? .serverError : .success, status: isFailure ? 500 : 200,
                startedMilliseconds: 0.2, firstByteMilliseconds: first, durationMilliseconds: total, usage: usage,
                cost: Meter.cost(of: usage, at: price), reason: isFailure ? "the provider answered 500" : "answered")
        ]
        record.trace = trace(application, decision: "attempt 1", reason: "the config's one model")
        record.latency = RequestRecord.Latency(
            firstByteMilliseconds: first + 0.3, totalMilliseconds: total + 0.5, gatewayMilliseconds: 0.3)
        guard isFailure else {
            return Sample(
                record: record, bodies: bodies(record, application, answer: LoremText.words(words), usage: usage))
        }
        record.status = 502
        record.errorCode = Failure.Kind.providerError.code
        record.errorMessage = "the provider answered 500"
        return Sample(record: record, bodies: refusal(record, application))
    }

    private func limited(_ record: RequestRecord, _ application: Application) -> Sample {
        var record = record
        record.status = 429
        record.errorCode = Failure.Kind.rateLimited.code
        record.errorMessage = "the key's limit of 600 requests a minute is reached"
        record.latency = RequestRecord.Latency(totalMilliseconds: 0.2, gatewayMilliseconds: 0.2)
        return Sample(record: record, bodies: refusal(record, application))
    }

    private func trace(_ application: Application, decision: String, reason: String) -> DecisionTrace {
        DecisionTrace(
            resolution: .config, policy: "single",
            candidates: [
                .init(
                    target: "sandbox/\(application.model)", verdict: .tried, reason: reason,
                    expectedCost: Money(nanoUSD: 210_000))
            ],
            decision: decision)
    }

    private func bodies(_ record: RequestRecord, _ application: Application, answer: String, usage: Usage)
        -> RecordBodies
    {
        var json = JSONText()
        json.object { json in
            json.member("id", "chatcmpl-\(record.requestID)")
            json.member("object", "chat.completion")
            json.member("model", application.model)
            json.key("choices")
            json.array { json in
                json.object { json in
                    json.member("index", Int64(0))
                    json.key("message")
                    json.object { json in
                        json.member("role", "assistant")
                        json.member("content", answer)
                    }
                    json.member("finish_reason", "stop")
                }
            }
            json.key("usage")
            json.object { json in
                json.member("prompt_tokens", usage.input)
                json.member("completion_tokens", usage.output)
                json.member("total_tokens", usage.input + usage.output)
            }
        }
        return RecordBodies(
            requestID: record.requestID, request: request(record, application), response: Array(json.text.utf8))
    }

    private func refusal(_ record: RequestRecord, _ application: Application) -> RecordBodies {
        var json = JSONText()
        json.object { json in
            json.key("error")
            json.object { json in
                json.member("message", record.errorMessage)
                json.member("code", record.errorCode)
            }
        }
        return RecordBodies(
            requestID: record.requestID, request: request(record, application), response: Array(json.text.utf8))
    }

    private func request(_ record: RequestRecord, _ application: Application) -> [UInt8] {
        var json = JSONText()
        json.object { json in
            json.member("model", record.requestedModel)
            json.member("stream", record.isStream)
            json.key("messages")
            json.array { json in
                json.object { json in
                    json.member("role", "user")
                    json.member("content", application.question)
                }
            }
        }
        return Array(json.text.utf8)
    }
}

/// SplitMix64 of Steele, Lea and Flood: enough for sample traffic, and the same on every machine.
struct SampleRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}

/// Text that says nothing, of any length.
enum LoremText {
    private static let text = """
        lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore magna \
        aliqua
        """

    static func words(_ count: Int) -> String {
        let words = text.split(separator: " ")
        return (0..<count).map { String(words[$0 % words.count]) }.joined(separator: " ") + "."
    }
}
