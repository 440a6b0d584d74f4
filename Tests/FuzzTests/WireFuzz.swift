import ModeluxWire
import NIOCore

/// The entry of libFuzzer: foreign bytes through everything of ModeluxWire that reads foreign bytes. A trap ends the
/// run, and so does a broken promise: a stream's bytes must come out as they went in, and what is accepted and patched
/// must still be JSON. Built and run by `Tests/FuzzTests/run`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzWire(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = ByteBuffer(bytes: UnsafeBufferPointer(start: start, count: count))
    readRequest(bytes)
    relayStream(bytes)
    _ = OpenAIResponse.observe(bytes)
    _ = ProviderError(status: 400, header: { _ in nil }, body: bytes).failure(provider: "p")
    _ = EndpointURL(String(buffer: bytes))
    return 0
}

private func readRequest(_ bytes: ByteBuffer) {
    for endpoint in InquiryHead.Endpoint.allCases {
        guard let head = try? InquiryHead.read(bytes, endpoint: endpoint) else { continue }
        let patched = head.upstreamBody(bytes, model: "x", addsUsageRequest: true)
        guard let tree = try? JSONValue(parsing: patched) else { preconditionFailure("patched to no JSON") }
        precondition(tree["model"]?.string == "x", "the model was not replaced")
        precondition(!(tree.members ?? []).contains { $0.name.hasPrefix("mlx:") }, "a member of ours went upstream")
        precondition((try? JSONValue(parsing: tree.buffer)) == tree, "a tree is not written as it was read")
    }
}

private func relayStream(_ bytes: ByteBuffer) {
    // The first byte chooses the length of the pieces, so that a finding stays one.
    let length = Int(bytes.getInteger(at: bytes.readerIndex, as: UInt8.self) ?? 0) % 31 + 1
    var whole = OpenAIStream(removesUsageChunk: false)
    var pieces = OpenAIStream(removesUsageChunk: false)
    guard var first = try? whole.relay(bytes), var last = try? whole.finish() else { return }
    first.writeBuffer(&last)
    var output = ByteBuffer()
    var rest = bytes
    while rest.readableBytes > 0, let piece = rest.readSlice(length: min(length, rest.readableBytes)) {
        guard var relayed = try? pieces.relay(piece) else {
            preconditionFailure("pieces fail where the whole does not")
        }
        output.writeBuffer(&relayed)
    }
    if var relayed = try? pieces.finish() { output.writeBuffer(&relayed) }
    precondition(first == bytes, "the relay changed a byte")
    precondition(output == bytes, "the relay changed a byte of a stream in pieces")
    precondition(whole.answer == pieces.answer, "pieces were read differently")
}
