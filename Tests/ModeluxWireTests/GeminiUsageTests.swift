import ModeluxCore
import Testing

@testable import ModeluxWire

struct GeminiUsageTests {
    private static let counts: [(JSONValue, Usage?)] = [
        (["promptTokenCount": 10], Usage(input: 10)),
        (
            ["promptTokenCount": 10, "candidatesTokenCount": 4, "thoughtsTokenCount": 3],
            Usage(input: 10, output: 7, reasoning: 3)
        ),
        (
            ["promptTokenCount": 9622, "cachedContentTokenCount": 9609, "candidatesTokenCount": 35],
            Usage(input: 13, cachedInput: 9609, output: 35)
        ),
        (
            ["promptTokenCount": 132, "toolUsePromptTokenCount": 1387, "candidatesTokenCount": 65],
            Usage(input: 1519, output: 65)
        ),
        (
            [
                "promptTokenCount": 98, "candidatesTokenCount": 20,
                "promptTokensDetails": [
                    ["modality": "TEXT", "tokenCount": 14], ["modality": "AUDIO", "tokenCount": 84],
                ], "candidatesTokensDetails": [["modality": "AUDIO", "tokenCount": 15]],
            ], Usage(input: 14, output: 5, audioInput: 84, audioOutput: 15)
        ),
        (
            [
                "promptTokenCount": 98, "cachedContentTokenCount": 60,
                "promptTokensDetails": [["modality": "AUDIO", "tokenCount": 84]],
                "cacheTokensDetails": [["modality": "AUDIO", "tokenCount": 60]],
            ], Usage(input: 14, cachedInput: 60, audioInput: 24)
        ),
        (["totalTokenCount": 5], Usage()), ([:], nil), ("x", nil), (["promptTokenCount": -1], nil),
        (["promptTokenCount": 1, "candidatesTokenCount": "2"], nil),
        (["promptTokenCount": 1, "candidatesTokenCount": 9_000_000_000_000], nil),
        (["promptTokenCount": .number("1e30")], nil),
        (["promptTokenCount": 1, "cachedContentTokenCount": 2], nil),
    ]

    @Test(arguments: counts)
    func `counts fall into disjoint buckets`(value: JSONValue, expected: Usage?) {
        #expect(GeminiUsage.read(value) == expected)
    }
}
