/// One key of the settings: its name, and how its text form is read and written.
///
/// A value has the same text form in the file, in the environment and after a flag.
public struct Setting: Sendable {
    /// `section.key`, as in the file: `proxy.body_limit`.
    public let name: String
    /// What a value may be, for error messages: `a size from 1 KiB to 1 GiB`.
    public let form: String
    private let reader: @Sendable (Settings) -> String
    private let writer: @Sendable (String, inout Settings) -> Bool

    /// The environment variable of the same meaning: `MODELUX_PROXY_BODY_LIMIT`.
    public var environmentName: String {
        "MODELUX_" + name.uppercased().replacing(".", with: "_")
    }

    /// The value's text form; empty when nothing is set.
    public func text(in settings: Settings) -> String { reader(settings) }

    /// Sets the value from its text form.
    /// - Throws: `SettingsError` naming the key and what it may be.
    public func set(_ text: String, in settings: inout Settings) throws(SettingsError) {
        guard writer(text, &settings) else {
            throw SettingsError("\(name) is \"\(text)\", but must be \(form)")
        }
    }

    /// The key of that name.
    /// - Throws: `SettingsError` that suggests the nearest name.
    public static func named(_ name: String) throws(SettingsError) -> Setting {
        if let setting = all.first(where: { $0.name == name }) { return setting }
        throw SettingsError("there is no setting \"\(name)\"; did you mean \"\(nearest(to: name))\"?")
    }

    /// The name that takes the fewest changes of a character to become `name`.
    static func nearest(to name: String) -> String {
        var best = (name: "", distance: Int.max)
        for candidate in all.map(\.name) {
            let distance = editDistance(candidate, name)
            if distance < best.distance { best = (candidate, distance) }
        }
        return best.name
    }

    private init(
        _ name: String, _ form: String, reader: @escaping @Sendable (Settings) -> String,
        writer: @escaping @Sendable (String, inout Settings) -> Bool
    ) {
        self.name = name
        self.form = form
        self.reader = reader
        self.writer = writer
    }
}

/// A setting that cannot be: says which, and what would be right.
public struct SettingsError: Error, Sendable, CustomStringConvertible {
    /// One sentence for the operator.
    public let description: String

    /// Makes an error from its sentence.
    public init(_ description: String) {
        self.description = description
    }
}

// The forms that a value can have. Each reads and writes through a key path, so that the table stays one line a key.
extension Setting {
    typealias Path<Value> = any WritableKeyPath<Settings, Value> & Sendable

    static func text(_ name: String, _ path: Path<String>) -> Setting {
        Setting(name, "a text", reader: { $0[keyPath: path] }) { text, settings in
            settings[keyPath: path] = text
            return !text.isEmpty
        }
    }

    static func file(_ name: String, _ path: Path<String?>) -> Setting {
        Setting(name, "a path, or empty", reader: { $0[keyPath: path] ?? "" }) { text, settings in
            settings[keyPath: path] = text.isEmpty ? nil : text
            return true
        }
    }

    static func optionalText(_ name: String, _ path: Path<String?>) -> Setting {
        Setting(name, "a text without blanks, or empty", reader: { $0[keyPath: path] ?? "" }) { text, settings in
            settings[keyPath: path] = text.isEmpty ? nil : text
            return text.utf8.count <= 255 && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        }
    }

    static func mailAddress(_ name: String, _ path: Path<String?>) -> Setting {
        Setting(name, "a mail address, or empty", reader: { $0[keyPath: path] ?? "" }) { text, settings in
            settings[keyPath: path] = text.isEmpty ? nil : text
            return text.isEmpty || MailAddress(text) != nil
        }
    }

    static func address(_ name: String, _ path: Path<ListenAddress>) -> Setting {
        Setting(name, "HOST:PORT", reader: { $0[keyPath: path].description }) { text, settings in
            guard let address = ListenAddress(text) else { return false }
            settings[keyPath: path] = address
            return true
        }
    }

    static func names(_ name: String, _ range: ClosedRange<Int>, _ path: Path<[String]>) -> Setting {
        Setting(
            name, "up to \(range.upperBound) names with commas between them",
            reader: { $0[keyPath: path].joined(separator: ",") },
            writer: { text, settings in
                let names = text.split(separator: ",").map { $0.filter { $0 != " " } }
                guard range.contains(names.count), !names.contains("") else { return false }
                settings[keyPath: path] = names
                return true
            })
    }

    static func count(_ name: String, _ range: ClosedRange<Int>, _ path: Path<Int>) -> Setting {
        Setting(
            name, "a whole number from \(range.lowerBound) to \(range.upperBound)",
            reader: { String($0[keyPath: path]) },
            writer: { text, settings in
                guard let value = Int(text), range.contains(value) else { return false }
                settings[keyPath: path] = value
                return true
            })
    }

    static func size(_ name: String, _ range: ClosedRange<Int>, _ path: Path<Int>) -> Setting {
        Setting(
            name, "a size from \(SizeText.write(range.lowerBound)) to \(SizeText.write(range.upperBound))",
            reader: { SizeText.write($0[keyPath: path]) },
            writer: { text, settings in
                guard let value = SizeText.read(text), range.contains(value) else { return false }
                settings[keyPath: path] = value
                return true
            })
    }

    static func duration(_ name: String, _ range: ClosedRange<Duration>, _ path: Path<Duration>) -> Setting {
        Setting(
            name, "a time from \(DurationText.write(range.lowerBound)) to \(DurationText.write(range.upperBound))",
            reader: { DurationText.write($0[keyPath: path]) },
            writer: { text, settings in
                guard let value = DurationText.read(text), range.contains(value) else { return false }
                settings[keyPath: path] = value
                return true
            })
    }

    static func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
        _ name: String, _ path: Path<Choice>
    ) -> Setting {
        Setting(
            name, "one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "),
            reader: { $0[keyPath: path].rawValue },
            writer: { text, settings in
                guard let value = Choice(rawValue: text) else { return false }
                settings[keyPath: path] = value
                return true
            })
    }
}

/// Levenshtein's distance: insertions, removals and replacements that make one text of the other. For short names.
private func editDistance(_ left: String, _ right: String) -> Int {
    let right = Array(right.utf8)
    var row = Array(0...right.count)
    for (index, byte) in left.utf8.enumerated() {
        var diagonal = row[0]
        row[0] = index + 1
        for column in right.indices {
            let replaced = diagonal + (right[column] == byte ? 0 : 1)
            diagonal = row[column + 1]
            row[column + 1] = min(replaced, row[column] + 1, row[column + 1] + 1)
        }
    }
    return row[right.count]
}
