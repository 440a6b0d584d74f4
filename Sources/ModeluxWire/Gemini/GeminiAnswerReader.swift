import ModeluxCore
import NIOCore

/// Reads `GenerateContentResponse`s one after the other, each of which holds more of the answer, and says what is new.
/// A whole answer is one of them.
struct GeminiAnswerReader: Sendable {
    /// The function whose arguments are the answer's text.
    private let outputTool: String?
    private var hasStarted = false
    private var id = ""
    private var candidates: [Int: Candidate] = [:]
    /// Calls so far, in all candidates: it makes the ids of those that have none.
    private var callCount = 0
    private var lastUsage: Usage?
    private var lastTier: String?
    /// Whether the prompt was refused.
    private var isBlocked = false
    /// Whether the provider said that it failed.
    private(set) var hasFailed = false

    /// The most candidates that are read; Google gives at most eight.
    private static let maximumCandidates = 64

    /// What is known of a candidate.
    private struct Candidate: Sendable {
        var open = Open.nothing
        var hasCalls = false
        var isFinished = false

        enum Open: Sendable { case nothing, text, thinking }
    }

    init(outputTool: String?) {
        self.outputTool = outputTool
    }

    /// Whether every candidate has said why it ended, or the prompt was refused.
    var isComplete: Bool {
        isBlocked || (!candidates.isEmpty && candidates.values.allSatisfy(\.isFinished))
    }

    /// Reads the next one.
    /// - Throws: `Failure` of kind `providerError` when it is none.
    mutating func read(_ chunk: JSONValue, _ events: inout [ChatEvent]) throws(Failure) {
        guard !hasFailed else { return }
        guard chunk.members != nil else {
            throw Failure(.providerError, "the provider's answer is no JSON object")
        }
        if let error = chunk["error"], error != .null {
            hasFailed = true
            events.append(.failure(GeminiAnswerReader.failure(chunk, error)))
            return
        }
        if !hasStarted {
            hasStarted = true
            id = chunk["responseId"]?.string ?? ""
            events.append(.start(id: id, model: chunk["modelVersion"]?.string ?? ""))
        }
        let found = chunk["candidates"]?.elements ?? []
        for (place, candidate) in found.prefix(GeminiAnswerReader.maximumCandidates).enumerated() {
            let index = candidate["index"]?.integer.flatMap { Int(exactly: $0) } ?? place
            guard index >= 0, index < GeminiAnswerReader.maximumCandidates else { continue }
            read(candidate: candidate, index, &events)
        }
        if found.isEmpty, candidates.isEmpty, !isBlocked, let reason = chunk["promptFeedback"]?["blockReason"],
            reason != .null
        {
            isBlocked = true
            events.append(.finish(choice: 0, .contentFilter, stopSequence: nil))
        }
        if let usage = chunk["usageMetadata"], usage != .null { read(usage: usage, &events) }
    }

    /// Counts of the middle of a stream are told only when they say something of the answer: the early ones of older
    /// models know the prompt alone, and an answer that breaks off would seem to have cost nothing.
    private mutating func read(usage value: JSONValue, _ events: inout [ChatEvent]) {
        if let tier = GeminiUsage.serviceTier(value), tier != lastTier {
            lastTier = tier
            events.append(.serviceTier(tier))
        }
        let isTelling =
            isComplete || value["candidatesTokenCount"] != nil || value["thoughtsTokenCount"] != nil
        guard isTelling, let usage = GeminiUsage.read(value), usage != lastUsage else { return }
        lastUsage = usage
        events.append(.usage(usage))
    }

    // MARK: Candidates

    private mutating func read(candidate value: JSONValue, _ index: Int, _ events: inout [ChatEvent]) {
        var candidate = candidates[index] ?? Candidate()
        defer { candidates[index] = candidate }
        guard !candidate.isFinished else { return }
        for part in value["content"]?["parts"]?.elements ?? [] {
            read(part: part, &candidate, index, &events)
        }
        if let logProbabilities = value["logprobsResult"], let content = GeminiLogProbabilities.read(logProbabilities) {
            events.append(.logProbabilities(choice: index, content))
        }
        guard let reason = value["finishReason"], let finish = GeminiFinish.reason(reason) else { return }
        close(&candidate, index, &events)
        candidate.isFinished = true
        let isCall = finish == .end && candidate.hasCalls
        events.append(.finish(choice: index, isCall ? .toolCalls : finish, stopSequence: nil))
    }

    private mutating func read(
        part: JSONValue, _ candidate: inout Candidate, _ index: Int, _ events: inout [ChatEvent]
    ) {
        let signature = part["thoughtSignature"]?.string.flatMap { value in
            value.isEmpty ? nil : Signature(value, origin: .gemini)
        }
        if let call = part["functionCall"], call.members != nil {
            close(&candidate, index, &events)
            read(call: call, signature, &candidate, index, &events)
        } else if let text = part["text"]?.string {
            read(text: text, isThought: part["thought"]?.bool == true, signature, &candidate, index, &events)
        } else if let data = part["inlineData"], let bytes = data["data"]?.string {
            close(&candidate, index, &events)
            let type = data["mimeType"]?.string
            let media = Media(.base64(bytes), mediaType: type)
            whole(type?.hasPrefix("audio/") == true ? .audio(media) : .image(media), index, &events)
        } else if let members = part.members, members.contains(where: { $0.name != "thoughtSignature" }) {
            // Tools of Google's own: code and its result, searches.
            close(&candidate, index, &events)
            whole(.foreign(.gemini, part), index, &events)
        } else if let signature {
            close(&candidate, index, &events)
            proof(signature, index, &events)
        }
    }

    private mutating func read(
        text: String, isThought: Bool, _ signature: Signature?, _ candidate: inout Candidate, _ index: Int,
        _ events: inout [ChatEvent]
    ) {
        let kind = isThought ? Candidate.Open.thinking : .text
        if !text.isEmpty {
            if candidate.open != kind {
                close(&candidate, index, &events)
                events.append(.partStart(choice: index, isThought ? .thinking(Thinking("")) : .text("")))
                candidate.open = kind
            }
            events.append(.text(choice: index, text))
        }
        guard let signature else { return }
        if isThought, candidate.open == .thinking {
            events.append(.signature(choice: index, signature))
            close(&candidate, index, &events)
        } else {
            // A text has no place for a proof: it follows as a thought of its own.
            close(&candidate, index, &events)
            proof(signature, index, &events)
        }
    }

    private mutating func read(
        call: JSONValue, _ signature: Signature?, _ candidate: inout Candidate, _ index: Int,
        _ events: inout [ChatEvent]
    ) {
        let name = call["name"]?.string ?? ""
        let arguments: String
        if let value = call["args"], value.members != nil {
            arguments = String(buffer: value.buffer)
        } else {
            arguments = "{}"
        }
        if let outputTool, name == outputTool {
            events.append(.partStart(choice: index, .text("")))
            events.append(.text(choice: index, arguments))
            events.append(.partStop(choice: index))
            return
        }
        candidate.hasCalls = true
        let given = call["id"]?.string ?? ""
        let made = given.isEmpty ? madeID() : given
        callCount += 1
        events.append(.partStart(choice: index, .toolCall(ToolCall(id: made, name: name, arguments: ""))))
        events.append(.arguments(choice: index, arguments))
        if let signature { events.append(.signature(choice: index, signature)) }
        events.append(.partStop(choice: index))
    }

    /// An id for a call that has none: of the answer's id and the call's number in it, so that it is the same however
    /// the answer came, and another in each answer.
    private func madeID() -> String {
        let answer = id.utf8.prefix(40).filter { byte in
            (48...57).contains(byte) || (65...90).contains(byte & 0xDF) || byte == 45 || byte == 95
        }
        return "call_g\(callCount)_" + String(decoding: answer, as: UTF8.self)
    }

    private func proof(_ signature: Signature, _ index: Int, _ events: inout [ChatEvent]) {
        events.append(.partStart(choice: index, .thinking(Thinking(""))))
        events.append(.signature(choice: index, signature))
        events.append(.partStop(choice: index))
    }

    private func whole(_ kind: ContentPart.Kind, _ index: Int, _ events: inout [ChatEvent]) {
        events.append(.partStart(choice: index, kind))
        events.append(.partStop(choice: index))
    }

    private func close(_ candidate: inout Candidate, _ index: Int, _ events: inout [ChatEvent]) {
        guard candidate.open != .nothing else { return }
        candidate.open = .nothing
        events.append(.partStop(choice: index))
    }

    /// An error that comes in place of an answer, classified as one that came with its status would be.
    private static func failure(_ chunk: JSONValue, _ error: JSONValue) -> Failure {
        let status = error["code"]?.integer.flatMap { Int(exactly: $0) }.flatMap { (400...599).contains($0) ? $0 : nil }
        return ProviderError(status: status ?? 500, header: { _ in nil }, body: chunk.buffer)
            .failure(provider: "google")
    }
}
