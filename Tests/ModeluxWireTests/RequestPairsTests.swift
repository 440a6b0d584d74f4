import Foundation
import ModeluxCore
import NIOCore
import Testing

@testable import ModeluxWire

/// One intent, written in several providers' shapes by other people: what we make of one member is compared with the
/// others.
@Suite(.enabled(if: RecordedTraffic.isThere, Comment(rawValue: RecordedTraffic.missing)))
struct RequestPairsTests {
    /// A shape that requests are written in.
    private struct Shape: Sendable {
        let surface: String
        let vendor: Vendor
        let decode: (@Sendable (JSONValue) throws(Failure) -> ChatRequest)?
        let encode: @Sendable (ChatRequest, ChatTarget) throws(Failure) -> EncodedRequest
    }

    private static let shapes: [Shape] = [
        Shape(
            surface: "openai.chat", vendor: .openai,
            decode: { (body) throws(Failure) in try OpenAIChatRequest.decode(body) },
            encode: { (request, target) throws(Failure) in try OpenAIChatRequest.encode(request, for: target) }),
        Shape(
            surface: "anthropic.messages", vendor: .anthropic,
            decode: { (body) throws(Failure) in try AnthropicChatRequest.decode(body) },
            encode: { (request, target) throws(Failure) in try AnthropicChatRequest.encode(request, for: target) }),
        Shape(
            surface: "gemini.generateContent", vendor: .google, decode: nil,
            encode: { (request, target) throws(Failure) in try GeminiChatRequest.encode(request, for: target) }),
        Shape(
            surface: "vertex.generateContent", vendor: .google, decode: nil,
            encode: { (request, target) throws(Failure) in try GeminiChatRequest.encode(request, for: target) }),
        Shape(
            surface: "bedrock.converse", vendor: .bedrock, decode: nil,
            encode: { (request, target) throws(Failure) in try BedrockChatRequest.encode(request, for: target) }),
    ]

    private struct Case: Sendable {
        let name: String
        let surfaces: JSONValue
    }

    private static let cases: [Case] = {
        let folder = RecordedTraffic.folder.appending(path: "pairs/dev")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.sorted().compactMap { name in
            guard let data = try? Data(contentsOf: folder.appending(path: name)),
                let value = try? JSONValue(parsing: ByteBuffer(bytes: data)), let surfaces = value["surfaces"]
            else { return nil }
            return Case(name: value["case"]?.string ?? name, surfaces: surfaces)
        }
    }()

    /// Differences that are right: the shape that was written, the end of the place, and why.
    private static let reasons: [(target: String, place: String, reason: String)] = [
        (
            "anthropic.messages", ".max_tokens",
            "the shape demands a limit: ours is the model's own, so that no answer is cut that was not before"
        ),
        (
            "anthropic.messages", ".thinking",
            "who names an effort wants the model to think; the recorded request only sets the effort"
        ),
        ("anthropic.messages", ".service_tier", "`default` is the tier without priority: `standard_only`"),
        (
            "openai.chat", ".cache_control",
            "a member that OpenAI does not know: the mark that it knows is `prompt_cache_breakpoint`"
        ),
        ("openai.chat", ".json_schema.name", "the shape demands a name that the other has not"),
        ("openai.chat", ".function.strict", "only the recorded request asks for it"),
        (
            "openai.chat", ".messages[0]",
            "only one of the two recorded requests has a message of the system, so the places are shifted"
        ),
        (
            "gemini.generateContent", ".parameters",
            "`exclusiveMinimum` is refused there (the recorded request was): the schema goes as `parametersJsonSchema`"
        ),
        ("gemini.generateContent", ".temperature", "only the recorded request says it"),
        ("gemini.generateContent", ".toolConfig", "`auto` is said as the caller said it"),
        ("gemini.generateContent", ".thinkingBudget", "an effort as a number is a choice: ours is 8,192 for medium"),
    ]

    @Test func `a member of a pair translates into the others`() throws {
        var compared = 0
        var equal = 0
        var equalButForData = 0
        var listed: [String] = []
        var used: Set<Int> = []
        for pair in Self.cases {
            for source in Self.shapes {
                guard let decode = source.decode, let request = pair.surfaces[source.surface]?["request"] else {
                    continue
                }
                for target in Self.shapes where target.surface != source.surface {
                    guard let expected = pair.surfaces[target.surface]?["request"] else { continue }
                    compared += 1
                    let label = "\(pair.name): \(source.surface) → \(target.surface)"
                    let encoded: EncodedRequest
                    do throws(Failure) {
                        encoded = try target.encode(try decode(request), self.target(target, expected))
                    } catch {
                        Issue.record("\(label): refused: \(error.message)")
                        continue
                    }
                    let differences = RequestComparison.differences(
                        try JSONValue(parsing: encoded.body), expected, ignoring: ["model", "modelId"])
                    let said = RequestComparison.leaves(of: request)
                    let rest = differences.filter { !isData($0, said: said) }
                    if differences.isEmpty {
                        equal += 1
                    } else if rest.isEmpty {
                        equalButForData += 1
                    }
                    for difference in rest {
                        let reason = Self.reasons.firstIndex {
                            $0.target == target.surface && difference.path.contains($0.place)
                        }
                        listed.append("\(label) \(encoded.dropped): \(difference)")
                        guard let reason else {
                            Issue.record("\(label): \(difference)")
                            continue
                        }
                        used.insert(reason)
                        listed.append("  because " + Self.reasons[reason].reason)
                    }
                }
            }
        }
        print(
            "Pairs: \(compared) translations, \(equal) equal, \(equalButForData) equal but for what the recordings "
                + "themselves say differently, \(listed.count / 2) differences with a reason")
        for line in listed { print("  " + line) }
        #expect(compared > 50)
        #expect(used.count == Self.reasons.count, "a reason that nothing needs: \(used.sorted())")
    }

    /// Whether a difference is one of what was said, not of how: the caller said ours, and nobody told us theirs.
    private func isData(_ difference: RequestComparison.Difference, said: Set<JSONValue>) -> Bool {
        let ours = difference.ours.map(RequestComparison.leaves) ?? []
        let theirs = difference.theirs.map(RequestComparison.leaves) ?? []
        return ours.isSubset(of: said) && theirs.isDisjoint(with: said)
    }

    private func target(_ shape: Shape, _ expected: JSONValue) -> ChatTarget {
        let model = expected["model"]?.string ?? expected["modelId"]?.string ?? "gemini-2.5-flash"
        let provider = Provider(id: Identifier("prov_test"), name: "test", vendor: shape.vendor)
        return ChatTarget(
            vendor: shape.vendor, model: model, entry: RecordedTraffic.catalogue?.model(model, at: provider))
    }
}
