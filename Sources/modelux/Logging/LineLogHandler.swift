import CLinux
import Glibc
import Logging
import ModeluxCore

/// Writes log lines to standard error, one `write` a line, as text for people or as JSON for collectors.
struct LineLogHandler: LogHandler {
    var logLevel: Logger.Level {
        get { ownLevel ?? threshold.value }
        set { ownLevel = newValue }
    }
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let format: Settings.Log.Format
    private let threshold: LogThreshold
    private var ownLevel: Logger.Level?

    init(label: String, format: Settings.Log.Format, threshold: LogThreshold) {
        self.label = label
        self.format = format
        self.threshold = threshold
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var values = metadata
        if let provided = metadataProvider?.get() { values.merge(provided) { own, _ in own } }
        if let added = event.metadata { values.merge(added) { _, new in new } }
        var line = format == .json ? json(event, values) : text(event, values)
        line += "\n"
        StandardStream.error(line)
    }

    private func text(_ event: LogEvent, _ values: Logger.Metadata) -> String {
        var line = "\(now()) \(event.level) \(event.message)"
        for (key, value) in values.sorted(by: { $0.key < $1.key }) { line += " \(key)=\(quoted("\(value)"))" }
        return line
    }

    private func json(_ event: LogEvent, _ values: Logger.Metadata) -> String {
        var json = JSONText()
        json.object { json in
            json.key("time")
            json.string(now())
            json.key("level")
            json.string(event.level.rawValue)
            json.key("logger")
            json.string(label)
            json.key("message")
            json.string("\(event.message)")
            for (key, value) in values.sorted(by: { $0.key < $1.key }) {
                json.key(key)
                json.string("\(value)")
            }
        }
        return json.text
    }

    /// Anything but plain words is quoted as JSON, so that foreign text cannot break out of its line.
    private func quoted(_ value: String) -> String {
        let isPlain = value.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\"") }
        guard value.isEmpty || !isPlain else { return value }
        var json = JSONText()
        json.string(value)
        return json.text
    }

    private func now() -> String {
        Timestamp(microseconds: modelux_wall_microseconds()).iso8601
    }
}
