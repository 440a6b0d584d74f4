import ModeluxCore
import NIOCore
import Testing

@testable import ModeluxWire

/// Seeded loops over broken input: the pass figure is that nothing traps, and that what two ways say agrees.
struct WireFuzzTests {
    private static let requests = [
        #"{"model":"a","messages":[{"role":"user","content":"h\u00e9y \ud83d\ude00 data:"}],"stream":true,"mlx:tags":{"a":"b"}}"#,
        #"{"mlx:trace":true,"stream_options":{"include_usage":false,"x":[1.5e3,-0]},"model":"b","n":2,"user":"é€😀"}"#,
    ]

    private static let streams = [
        "data: {\"model\":\"m\",\"choices\":[{\"delta\":{\"content\":\"hi\"}}],\"usage\":null}\n\n: ping\n\n"
            + "event: x\r\ndata: {\"choices\":[],\r\ndata: \"usage\":{\"prompt_tokens\":7,\"completion_tokens\":2}}\r\n\r\n"
            + "data: [DONE]\n\n"
    ]

    @Test func `a broken request is read or refused, and what is patched stays well-formed`() throws {
        var generator = SeededGenerator(seed: 1)
        let seeds = Self.requests.map { ByteBuffer(string: $0) }
        var accepted = 0
        for _ in 0..<80_000 {
            guard let seed = seeds.randomElement(using: &generator) else { return }
            let body = ByteBuffer(bytes: MutatedRecordings.mutated(seed, &generator))
            let tree = try? JSONValue(parsing: body)
            guard let head = try? InquiryHead.read(body, endpoint: .chat) else { continue }
            accepted += 1
            // What the scanner takes, the tree parser takes, and the patched body as well.
            let patched = head.upstreamBody(body, model: "x", addsUsageRequest: true)
            guard tree != nil, let result = try? JSONValue(parsing: patched), result["model"] == "x",
                result.members?.contains(where: { $0.name.hasPrefix("mlx:") }) == false
            else {
                Issue.record("patched badly: \(String(buffer: body)) → \(String(buffer: patched))")
                return
            }
        }
        #expect(accepted > 1000)
    }

    @Test func `a broken stream gives the same bytes and findings in any pieces`() throws {
        var generator = SeededGenerator(seed: 2)
        let recorded = RecordedTraffic.streams.map(\.body).filter { $0.readableBytes < 6000 }
        let own = Self.streams.map { ByteBuffer(string: $0) }
        for round in 0..<15_000 {
            let seeds = round % 20 == 0 && !recorded.isEmpty ? recorded : own
            guard let seed = seeds.randomElement(using: &generator) else { return }
            let bytes = ByteBuffer(bytes: MutatedRecordings.mutated(seed, &generator))
            let length = Int.random(in: 1...64, using: &generator)
            let (whole, wholeAnswer) = try relay(bytes, length: bytes.readableBytes + 1)
            let (pieces, piecesAnswer) = try relay(bytes, length: length)
            guard whole == bytes, pieces == bytes, wholeAnswer == piecesAnswer else {
                Issue.record("differs in pieces of \(length): \(String(buffer: bytes).debugDescription)")
                return
            }
        }
    }

    @Test func `a broken error body always gives a sentence`() {
        var generator = SeededGenerator(seed: 4)
        let seed = ByteBuffer(string: #"{"error":{"message":"Rate limit","type":"tokens","param":null,"code":429}}"#)
        for _ in 0..<10_000 {
            let error = ProviderError(
                status: Int.random(in: 300...599, using: &generator), header: { _ in nil },
                body: ByteBuffer(bytes: MutatedRecordings.mutated(seed, &generator)))
            guard !error.message.isEmpty, !error.message.utf8.contains(where: { $0 < 0x20 }) else {
                Issue.record("an odd sentence: \(error.message.debugDescription)")
                return
            }
        }
    }

    private func relay(_ bytes: ByteBuffer, length: Int) throws -> (ByteBuffer, ObservedAnswer) {
        var stream = OpenAIStream(removesUsageChunk: false)
        var output = ByteBuffer()
        var rest = bytes
        while let piece = rest.readSlice(length: min(length, rest.readableBytes)), piece.readableBytes > 0 {
            output.writeImmutableBuffer(try stream.relay(piece))
        }
        output.writeImmutableBuffer(try stream.finish())
        return (output, stream.answer)
    }
}
