import Crypto
import ModeluxCore
import ModeluxHTTP
import ModeluxWire
import NIOCore

extension Attempt {
    /// Attempt zero: the answer to the same request, if one is kept and may be given. Notes in the trace what came of
    /// it, and under which key this answer is kept.
    func lookUp(
        _ policy: CachePolicy, _ plan: Plan, _ inquiry: Inquiry, _ caller: Caller, _ exchange: ServerExchange,
        _ operation: inout Operation
    ) -> ResponseCache.Entry? {
        operation.record.trace?.cache = DecisionTrace.CacheNote(mode: policy.mode, result: .skipped)
        let control = exchange.head.headers.first("cache-control")?.lowercased() ?? ""
        guard !control.contains("no-store"), inquiry.providerKey == nil,
            let place = place(policy, plan, inquiry, caller, exchange),
            let request = try? JSONTree(parsing: inquiry.body.readableBytesView), policy.objection(to: request) == nil
        else { return nil }
        let digest = SHA256.hash(data: CacheKey.bytes(of: request, at: place))
        guard let key = KeyDigest(bytes: Array(digest)) else { return nil }
        operation.cacheKey = key
        guard !control.contains("no-cache"), !inquiry.members.skipsCache,
            let entry = cache.entry(key, at: clock.monotonic())
        else {
            let isBypassed = control.contains("no-cache") || inquiry.members.skipsCache
            operation.record.trace?.cache?.result = isBypassed ? .skipped : .miss
            operation.cachedBody = ByteBuffer()
            return nil
        }
        operation.record.trace?.cache?.result = .hit
        operation.record.trace?.cache?.saved = entry.cost
        operation.record.trace?.decision = "cache"
        operation.record.trace?.reason = "the same request was answered before"
        return entry
    }

    /// Keeps an answer that has gone well for those who ask the same.
    func remember(_ ending: Ending, _ plan: Plan, _ operation: Operation) {
        guard let policy = plan.options.cache, let key = operation.cacheKey, let body = operation.cachedBody,
            body.readableBytes > 0, operation.record.status == 200, operation.record.errorCode == nil
        else { return }
        let isStream: Bool
        switch ending {
        case .whole: isStream = false
        case .stream: isStream = true
        case .brokenStream, .failure, .dryRun, .gone: return
        }
        cache.keep(
            ResponseCache.Entry(
                body: body, isStream: isStream,
                contentType: isStream ? "text/event-stream; charset=utf-8" : "application/json",
                provider: operation.record.provider ?? "", model: operation.record.model ?? "",
                cost: operation.record.cost.total, expires: clock.monotonic() &+ policy.lifetime.nanoseconds),
            under: key)
    }

    private func place(
        _ policy: CachePolicy, _ plan: Plan, _ inquiry: Inquiry, _ caller: Caller, _ exchange: ServerExchange
    ) -> CacheKey.Place? {
        guard [.chatCompletions, .messages, .embeddings].contains(inquiry.endpoint), let id = plan.configID,
            let version = plan.config?.version
        else { return nil }
        var place = CacheKey.Place(
            project: caller.project.id, config: id, version: version, endpoint: inquiry.endpoint.name)
        switch policy.scope {
        case .project: break
        case .key: place.subject = caller.key.id.text
        case .endUser:
            // Without a name nobody knows whose answer it would be.
            guard let user = inquiry.endUser else { return nil }
            place.subject = user
        }
        place.features = ["anthropic-version", "anthropic-beta", "openai-beta"].compactMap {
            exchange.head.headers.first($0)
        }
        return place
    }
}
