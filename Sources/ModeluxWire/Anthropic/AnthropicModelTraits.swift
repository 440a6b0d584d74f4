import ModeluxCore

/// What a Claude model takes, as far as models differ: by the catalogue where it knows the model, else by the version
/// in its name.
struct AnthropicModelTraits {
    private let target: ChatTarget
    /// The version: `claude-opus-4-1-20250805` is 4.1; nil when the name has none.
    private let version: Version?

    private struct Version: Comparable {
        var major: Int
        var minor: Int

        static func < (left: Version, right: Version) -> Bool {
            (left.major, left.minor) < (right.major, right.minor)
        }
    }

    /// The limit of output tokens where neither the request nor the catalogue names one; every Claude takes it.
    private static let usualOutputTokens: Int64 = 4096

    init(_ target: ChatTarget) {
        self.target = target
        version = AnthropicModelTraits.version(of: target.model)
    }

    /// Whether the model can think at all.
    var canReason: Bool { known("reasoning", from: Version(major: 3, minor: 7)) }

    /// Whether the model itself decides how much to think, with an effort instead of a budget.
    var isAdaptive: Bool { known("adaptive_thinking", from: Version(major: 4, minor: 6)) }

    /// Whether thinking cannot be switched off.
    var alwaysThinks: Bool { target.can("thinking_always_on") }

    /// Whether thoughts come without their text unless it is asked for.
    var omitsThoughts: Bool { isAtLeast(Version(major: 4, minor: 7)) }

    /// Whether answers can be held to a schema (`output_config.format`), and so can arguments of strict tools.
    var takesSchemas: Bool { known("json_schema", from: Version(major: 4, minor: 5)) }

    /// Whether temperature, `top_p` and `top_k` are refused.
    var rejectsSampling: Bool { refused("sampling_params", from: Version(major: 4, minor: 7)) }

    /// Whether a last message of the assistant, to be gone on with, is refused.
    var rejectsPrefill: Bool { refused("prefill", from: Version(major: 4, minor: 6)) }

    /// Whether a choice that forces a call is refused.
    var rejectsForcedChoice: Bool { target.rejects("forced_tool_choice") }

    /// Whether temperature and `top_p` are refused together.
    var rejectsTemperatureWithTopP: Bool { isAtLeast(Version(major: 4, minor: 1)) }

    /// The limit of output tokens for a request that wants `wish`: every request must name one. What is more than the
    /// model can write is no limit, and would be refused.
    func outputLimit(_ wish: Int64?) -> Int64 {
        guard let most = target.entry?.maximumOutputTokens, most > 0 else {
            return wish ?? AnthropicModelTraits.usualOutputTokens
        }
        return min(wish ?? most, most)
    }

    /// The effort that the model knows and that is nearest to the one wished.
    func effort(nearest wish: String) -> String {
        switch wish {
        case "none", "minimal": "low"
        case "xhigh": isAtLeast(Version(major: 4, minor: 7)) ? wish : "high"
        case "max": isAtLeast(Version(major: 4, minor: 6)) ? wish : "high"
        default: ["low", "medium", "high"].contains(wish) ? wish : "high"
        }
    }

    private func isAtLeast(_ other: Version) -> Bool { version.map { $0 >= other } ?? false }

    private func known(_ capability: String, from first: Version) -> Bool {
        target.entry == nil ? isAtLeast(first) : target.can(capability)
    }

    private func refused(_ part: String, from first: Version) -> Bool {
        target.entry == nil ? isAtLeast(first) : target.rejects(part)
    }

    private static func version(of model: String) -> Version? {
        let name = model.lowercased()
        guard let range = name.firstRange(of: "claude-") else { return nil }
        let words = name[range.upperBound...].split { "-@.:".contains($0) }
        // Dates have eight digits, versions one or two.
        let numbers = words.filter { $0.utf8.count <= 2 && $0.utf8.allSatisfy { (48...57).contains($0) } }
            .compactMap { Int($0) }
        guard let major = numbers.first else { return nil }
        // The two numbers stand side by side; a later one is a revision.
        let place = words.firstIndex { Int($0) == major }.map { words.index(after: $0) }
        let isSideBySide = place.map { words.indices.contains($0) && Int(words[$0]) == numbers.dropFirst().first }
        return Version(major: major, minor: isSideBySide == true ? numbers.dropFirst().first ?? 0 : 0)
    }
}
