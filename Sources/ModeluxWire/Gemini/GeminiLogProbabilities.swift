/// `logprobsResult`, turned into OpenAI's form.
enum GeminiLogProbabilities {
    /// Nil when it names no tokens.
    static func read(_ value: JSONValue) -> JSONValue? {
        guard let chosen = value["chosenCandidates"]?.elements, !chosen.isEmpty else { return nil }
        let alternatives = value["topCandidates"]?.elements ?? []
        let content = chosen.enumerated().map { place, candidate in
            let others = alternatives.indices.contains(place) ? alternatives[place]["candidates"]?.elements ?? [] : []
            let top = JSONValue.Member("top_logprobs", .array(others.map { .object(token($0)) }))
            return JSONValue.object(token(candidate) + [top])
        }
        return .object([JSONValue.Member("content", .array(content))])
    }

    private static func token(_ candidate: JSONValue) -> [JSONValue.Member] {
        let text = candidate["token"]?.string ?? ""
        let probability: JSONValue
        if case .number? = candidate["logProbability"] {
            probability = candidate["logProbability"] ?? 0
        } else {
            probability = 0
        }
        return [
            JSONValue.Member("token", .string(text)), JSONValue.Member("logprob", probability),
            JSONValue.Member("bytes", .array(text.utf8.map { .integer($0) })),
        ]
    }
}
