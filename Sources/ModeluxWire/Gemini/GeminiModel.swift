/// What a Gemini model's name tells of what it takes.
struct GeminiModel {
    /// The number of its generation: 2.5, 3. An alias (`gemini-flash-latest`) has that of the newest.
    let generation: Double
    /// Whether it is a Pro model, which cannot stop thinking.
    let isPro: Bool
    /// Whether it is the smallest of its generation.
    let isLite: Bool

    /// What an alias stands for.
    private static let newest = 3.5

    /// Reads a name as the provider knows it, with or without a path before it.
    init(_ name: String) {
        let last = ModelName(name.split(separator: "/").last.map(String.init) ?? name)
        isPro = last.contains("pro")
        isLite = last.contains("lite")
        // `gemini-2.5-flash-lite-001`, `gemini-live-2.5-flash`; a date is no generation.
        generation = last.contains("gemini") ? last.generation ?? GeminiModel.newest : 1
    }

    /// Whether it thinks by level rather than by a budget of tokens, and wants its signatures back.
    var thinksByLevel: Bool { generation >= 3 }

    /// Whether it thinks at all.
    var thinks: Bool { generation >= 2.5 }

    /// Whether prompts are cached without being told so.
    var cachesByItself: Bool { generation >= 2.5 }

    /// Whether it takes a form for its answer together with tools.
    var takesFormWithTools: Bool { generation >= 3 }

    /// Whether it fetches addresses of anybody's by itself.
    var fetchesAddresses: Bool { generation >= 2.5 }

    /// The tokens that it can think with.
    var thinkingBudget: ClosedRange<Int64> {
        if isPro { return 128...32_768 }
        return isLite ? 512...24_576 : 0...24_576
    }
}
