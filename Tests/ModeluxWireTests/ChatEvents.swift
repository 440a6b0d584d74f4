import ModeluxCore
import ModeluxWire
import NIOCore
import Testing

/// What decoders of every dialect are held to.
enum ChatEvents {
    /// All events of a stream that comes in pieces.
    static func of(
        _ body: ByteBuffer, by decoder: some ChatStreamDecoder, pieces: () -> Int = { .max }
    ) throws -> [ChatEvent] {
        var decoder = decoder
        var events: [ChatEvent] = []
        var rest = body
        while rest.readableBytes > 0, let piece = rest.readSlice(length: min(pieces(), rest.readableBytes)) {
            events += try decoder.feed(piece)
        }
        return events + (try decoder.finish())
    }

    /// The same with what broke the stream off, for streams that may be broken.
    static func orFailure(
        _ body: ByteBuffer, by decoder: some ChatStreamDecoder, pieces: () -> Int = { .max }
    ) -> (events: [ChatEvent], failure: Failure?) {
        var decoder = decoder
        var events: [ChatEvent] = []
        var rest = body
        do throws(Failure) {
            while rest.readableBytes > 0, let piece = rest.readSlice(length: min(pieces(), rest.readableBytes)) {
                events += try decoder.feed(piece)
            }
            events += try decoder.finish()
            return (events, nil)
        } catch {
            return (events, error)
        }
    }

    /// The answer that events make.
    static func answer(_ events: [ChatEvent]) -> ChatAssembler {
        var assembler = ChatAssembler()
        for event in events { assembler.add(event) }
        return assembler
    }

    /// What is wrong with the order of events; nil when nothing is.
    static func disorder(_ events: [ChatEvent]) -> String? {
        var open: [Int: ContentPart.Kind] = [:]
        var finished: Set<Int> = []
        var hasStarted = false
        for (place, event) in events.enumerated() {
            if case .ping = event { continue }
            if case .failure = event { return place == events.count - 1 ? nil : "something after the failure" }
            if !hasStarted {
                guard case .start = event else { return "\(event) before the start" }
                hasStarted = true
                continue
            }
            switch event {
            case .start: return "two starts"
            case .partStart(let choice, let kind):
                guard open[choice] == nil, !finished.contains(choice) else { return "an overlapping part" }
                open[choice] = kind
            case .text(let choice, _):
                switch open[choice] {
                case .text?, .refusal?, .thinking?: break
                default: return "a text in no text"
                }
            case .arguments(let choice, _):
                guard case .toolCall? = open[choice] else { return "arguments in no call" }
            case .signature(let choice, _):
                switch open[choice] {
                case .toolCall?, .thinking?: break
                default: return "a proof of nothing"
                }
            case .partStop(let choice):
                guard open.removeValue(forKey: choice) != nil else { return "a stop without a part" }
            case .finish(let choice, _, _):
                guard open[choice] == nil, finished.insert(choice).inserted else { return "a second finish" }
            case .end:
                guard place == events.count - 1, open.isEmpty, !finished.isEmpty else { return "an early end" }
            case .logProbabilities, .usage, .sideUsage, .serviceTier, .ping, .failure: break
            }
        }
        return nil
    }
}
