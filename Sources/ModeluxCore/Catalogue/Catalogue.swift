/// All models with their prices: what the program ships, overridden and extended by the operator's own entries.
public struct Catalogue: Sendable {
    private let models: [String: Model]
    /// When the shipped facts were collected: `2026-11-23`.
    public let date: String

    /// Makes a catalogue of models by `vendor/name`.
    public init(models: [String: Model], date: String) {
        self.models = models
        self.date = date
    }

    /// A catalogue without models.
    public static let empty = Catalogue(models: [:], date: "")

    /// How many models it lists.
    public var count: Int { models.count }

    /// The model as the operator's own entry for the provider has it, or as the vendor sells it. Dated, regional and
    /// `-latest` names fall back to the name that they are a variant of. O(1): a handful of look-ups at most.
    public func model(_ name: String, at provider: Provider) -> Model? {
        if let own = models[provider.name + "/" + name] { return own }
        // Most names are listed as they are: working out their variants costs twenty times this look-up.
        if let first = provider.vendor.catalogueNames.first, let model = models[first + "/" + name] { return model }
        for vendor in provider.vendor.catalogueNames {
            for variant in Catalogue.variants(of: name) {
                if let model = models[vendor + "/" + variant] { return model }
            }
        }
        return nil
    }

    /// Every model with its full name, `vendor/name`, sorted by it.
    public var all: [(name: String, model: Model)] {
        models.sorted { $0.key < $1.key }.map { (name: $0.key, model: $0.value) }
    }

    /// The names to look a model up by, best first: the name itself, then without what vendors put around it.
    static func variants(of name: String) -> [String] {
        var variants = [name]
        func add(_ candidate: String) {
            if !candidate.isEmpty, !variants.contains(candidate) { variants.append(candidate) }
        }
        var plain = name
        for prefix in ["models/", "publishers/google/models/"] where plain.hasPrefix(prefix) {
            plain = String(plain.dropFirst(prefix.count))
        }
        add(plain)
        let regions = ["us.", "eu.", "apac.", "global.", "au.", "jp.", "us-gov."]
        if let region = regions.first(where: plain.hasPrefix) { add(String(plain.dropFirst(region.count))) }
        let short = variants[variants.count - 1]
        add(plain.replacing("@", with: "-"))
        add(withoutDate(plain))
        for suffix in ["-latest", "-preview", "-exp"] where plain.hasSuffix(suffix) {
            add(String(plain.dropLast(suffix.count)))
        }
        add(short + "-v1:0")
        add(short + "-1:0")
        add(withoutVersion(short))
        return variants
    }

    /// `anthropic.claude-3-haiku-v1:0` → `anthropic.claude-3-haiku`; also `-v2`.
    private static func withoutVersion(_ name: String) -> String {
        guard let mark = name.ranges(of: "-v").last else { return name }
        let version = name[mark.upperBound...].split(separator: ":", omittingEmptySubsequences: false)
        let isVersion =
            version.count <= 2
            && version.allSatisfy { part in
                !part.isEmpty && part.utf8.allSatisfy { (48...57).contains($0) }
            }
        return isVersion ? String(name[..<mark.lowerBound]) : name
    }

    /// `gpt-4o-2024-08-06` → `gpt-4o`; also `-20240806`, `@20240806` and `-001`.
    private static func withoutDate(_ name: String) -> String {
        var characters = Array(name.utf8)[...]
        func dropDigits(_ count: Int) -> Bool {
            guard characters.count > count, characters.suffix(count).allSatisfy({ $0 >= 48 && $0 <= 57 }) else {
                return false
            }
            characters.removeLast(count)
            return true
        }
        func drop(_ separators: String) -> Bool {
            guard let last = characters.last, separators.utf8.contains(last) else { return false }
            characters.removeLast()
            return true
        }
        let whole = characters
        if dropDigits(2), drop("-"), dropDigits(2), drop("-"), dropDigits(4), drop("-@") {
            return String(decoding: characters, as: UTF8.self)
        }
        characters = whole
        if dropDigits(8), drop("-@") { return String(decoding: characters, as: UTF8.self) }
        characters = whole
        if dropDigits(3), drop("-") { return String(decoding: characters, as: UTF8.self) }
        return name
    }
}
