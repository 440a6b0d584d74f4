import Foundation
import ModeluxCore
import NIOCore
import Testing

@testable import ModeluxWire

/// `Resources/docs/capabilities.md` is what the readers and writers do: each cell is a request with one feature, read as
/// a surface's and written for a provider. `UPDATE_GOLDEN=1` writes the page anew.
struct CapabilityMatrixTests {
    /// A column: a vendor with a model that stands for its others.
    private struct Column {
        let title: String
        let vendor: Vendor
        let model: String
        let dialect: ChatDialect
    }

    private static let columns = [
        Column(title: "OpenAI", vendor: .openai, model: "gpt-4.1", dialect: .openai),
        Column(title: "OpenAI reasoning", vendor: .openai, model: "gpt-5", dialect: .openai),
        Column(title: "Azure", vendor: .azure, model: "gpt-4.1", dialect: .openai),
        Column(title: "Groq", vendor: .groq, model: "openai/gpt-oss-120b", dialect: .openai),
        Column(
            title: "Fireworks", vendor: .fireworks, model: "accounts/fireworks/models/deepseek-v3p1", dialect: .openai),
        Column(title: "compatible", vendor: .openaiCompatible, model: "local", dialect: .openai),
        Column(title: "Anthropic", vendor: .anthropic, model: "claude-sonnet-4-5", dialect: .anthropic),
        Column(title: "Anthropic newest", vendor: .anthropic, model: "claude-opus-4-8", dialect: .anthropic),
        Column(title: "Gemini 2.5", vendor: .google, model: "gemini-2.5-flash", dialect: .gemini),
        Column(title: "Gemini 3", vendor: .google, model: "gemini-3-flash-preview", dialect: .gemini),
        Column(
            title: "Bedrock Claude", vendor: .bedrock, model: "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            dialect: .bedrock),
        Column(title: "Bedrock Nova", vendor: .bedrock, model: "amazon.nova-pro-v1:0", dialect: .bedrock),
    ]

    private static let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Resources/docs/capabilities.md")

    @Test func `the page of capabilities is what the code does`() throws {
        let made = try Self.makePage()
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
            try made.write(to: Self.page, atomically: true, encoding: .utf8)
        }
        let there = try String(contentsOf: Self.page, encoding: .utf8)
        let lines = zip(made.split(separator: "\n"), there.split(separator: "\n"))
        for (new, old) in lines { #expect(new == old) }
        #expect(made == there)
    }

    @Test func `every feature is a row that some surface can ask for`() {
        for probe in CapabilityProbe.all {
            #expect(probe.openai != nil || probe.anthropic != nil, Comment(rawValue: probe.feature.rawValue))
        }
    }

    /// What becomes of a feature must not be silence: it is written, or named, or refused.
    @Test func `nothing is lost without a word`() throws {
        // At these the provider does by itself what is asked for.
        let implied: Set<ChatFeature> = [.cacheMarks, .thinkingBlocks, .serviceTier]
        for surface in [ChatDialect.openai, .anthropic] {
            for probe in CapabilityProbe.all where !implied.contains(probe.feature) {
                for column in Self.columns where column.dialect != surface {
                    let cell = try Self.cell(probe, surface, column)
                    #expect(
                        cell != "implied", Comment(rawValue: "\(surface) \(probe.feature.rawValue) \(column.title)"))
                }
            }
        }
    }

    private static func makePage() throws -> String {
        var text = """
            # Capabilities

            What becomes of each part of a request. The page is made from the code: the test `CapabilityMatrixTests` asks every reader
            and writer for each cell, and fails when the page says something else (`UPDATE_GOLDEN=1` writes it anew).

            | word | meaning |
            |---|---|
            | exact | the caller's own bytes go to the provider |
            | translated | said in the provider's words, or done by the gateway |
            | implied | nothing is written: the provider does it by itself, or it concerns another provider only |
            | dropped | left out and named in `X-Modelux-Dropped`; an error with `allow_dropped: false` |
            | refused | an error that names the parameter: an answer without it would be one to another question |
            | – | the surface has no way to ask for it |

            A column stands for a vendor with one of its models; others may have more or less, as the catalogue says.

            """
        for (surface, title) in [(ChatDialect.openai, "OpenAI"), (.anthropic, "Anthropic")] {
            text += "\n## Callers of the \(title) surface\n\n"
            text += "| feature | " + columns.map(\.title).joined(separator: " | ") + " |\n"
            text += "|---|" + columns.map { _ in "---|" }.joined() + "\n"
            for probe in CapabilityProbe.all {
                let cells = try columns.map { try cell(probe, surface, $0) }
                text += "| `\(probe.feature.rawValue)` | " + cells.joined(separator: " | ") + " |\n"
            }
        }
        text += "\nModels of the columns: "
        text += columns.map { "\($0.title) `\($0.model)`" }.joined(separator: ", ") + ".\n"
        return text
    }

    private static func cell(_ probe: CapabilityProbe, _ surface: ChatDialect, _ column: Column) throws -> String {
        let members = surface == .openai ? probe.openai : probe.anthropic
        guard let members else { return "–" }
        guard surface != column.dialect else { return "exact" }
        let plain = try write(surface == .openai ? probe.openaiBase : probe.anthropicBase, surface, column)
        do throws(Failure) {
            let written = try write(members, surface, column)
            if !Set(written.dropped).subtracting(plain.dropped).isEmpty { return "dropped" }
            return written.body == plain.body && written.headers.map(\.value) == plain.headers.map(\.value)
                ? "implied" : "translated"
        } catch {
            return "refused"
        }
    }

    private static func write(
        _ members: String, _ surface: ChatDialect, _ column: Column
    ) throws(Failure) -> EncodedRequest {
        let limit = members.contains("max_") || surface == .openai ? "" : #","max_tokens":4096"#
        let body = ByteBuffer(string: #"{"model":"m",\#(members)\#(limit)}"#)
        let provider = Provider(id: Identifier("prov_test"), name: "test", vendor: column.vendor)
        let entry = RecordedTraffic.catalogue?.model(column.model, at: provider)
        let target = ChatTarget(vendor: column.vendor, model: column.model, entry: entry)
        return try Translation(from: surface, to: column.dialect).request(body, for: target) { _ in }
    }
}
