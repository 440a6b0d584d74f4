import FoundationEssentials
import ModeluxCore
import Yams

/// Puts the settings together: defaults, then the file, then the environment, then flags; the later one wins.
struct SettingsFile {
    /// The file that is read where none is named, if it exists.
    static let defaultPath = "/etc/modelux/modelux.yaml"

    /// Which file is read.
    enum Source {
        /// The one that `MODELUX_CONFIG` names, else the default one, if it exists.
        case standard
        /// This one, which must exist.
        case named(String)
        /// No file.
        case none
    }

    /// Where a value came from and what it says.
    struct Assignment {
        let name: String
        let value: String
        /// For the error message: `/etc/modelux/modelux.yaml:12`, `MODELUX_LOG_LEVEL`, `--set`.
        let place: String
    }

    /// Reads everything that there is to read.
    /// - Parameters:
    ///   - source: which file.
    ///   - flags: `section.key` and value, as given on the command line.
    ///   - environment: the process's environment.
    ///   - userID: decides where data lives by default.
    /// - Returns: settings that hold together.
    /// - Throws: `CommandFailure` with code 78 that names place, key and what would be right; 77 when the file may not
    ///   be read.
    static func load(
        _ source: Source, flags: [Assignment], environment: [String: String], userID: UInt32
    ) throws -> Settings {
        var settings = Settings()
        settings.dataDirectory = defaultDataDirectory(environment: environment, userID: userID)
        var assignments: [Assignment] = []
        if let file = path(source, environment) { assignments += try parse(contents(of: file), path: file) }
        assignments += try Self.assignments(in: environment)
        for assignment in assignments + flags {
            do throws(SettingsError) {
                try Setting.named(assignment.name).set(assignment.value, in: &settings)
            } catch {
                throw CommandFailure(.settings, "\(assignment.place): \(error.description)")
            }
        }
        try validate(settings)
        return settings
    }

    /// The keys and values of a YAML text: sections of scalars.
    static func parse(_ text: String, path: String) throws -> [Assignment] {
        do {
            guard let root = try Yams.compose(yaml: text) else { return [] }
            if case .scalar(let scalar) = root, scalar.string.isEmpty { return [] }
            return try assignments(in: root, prefix: "", path: path)
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure(.settings, "\(path): \(sentence(of: error))")
        }
    }

    /// What a flag of the form `KEY=VALUE` says.
    static func assignment(flag: String) throws -> Assignment {
        guard let equals = flag.firstIndex(of: "=") else {
            throw CommandFailure(.settings, "--set \(flag): must read KEY=VALUE, as in --set log.level=debug")
        }
        return Assignment(
            name: String(flag[..<equals]), value: String(flag[flag.index(after: equals)...]), place: "--set")
    }

    private static func assignments(in node: Node, prefix: String, path: String) throws -> [Assignment] {
        let place = "\(path):\(node.mark?.line ?? 1)"
        guard case .mapping(let mapping) = node else {
            throw CommandFailure(.settings, "\(place): \(prefix.isEmpty ? "the file" : prefix) must be a list of keys")
        }
        var found: [Assignment] = []
        for (key, value) in mapping {
            let name = prefix.isEmpty ? key.string ?? "" : "\(prefix).\(key.string ?? "")"
            switch value {
            case .scalar(let scalar):
                let text = scalar.style == .plain && ["", "~", "null"].contains(scalar.string) ? "" : scalar.string
                found.append(Assignment(name: name, value: text, place: "\(path):\(key.mark?.line ?? 1)"))
            case .mapping where prefix.isEmpty:
                found += try assignments(in: value, prefix: name, path: path)
            case .sequence(let sequence) where sequence.allSatisfy { $0.scalar != nil }:
                let text = sequence.compactMap(\.scalar?.string).joined(separator: ",")
                found.append(Assignment(name: name, value: text, place: "\(path):\(key.mark?.line ?? 1)"))
            default:
                throw CommandFailure(.settings, "\(path):\(key.mark?.line ?? 1): \(name) must be a single value")
            }
        }
        return found
    }

    /// Every `MODELUX_…` variable that names a key. One whose first word is a section but whose rest is no key is an
    /// error, since it is most likely a misspelt setting.
    private static func assignments(in environment: [String: String]) throws -> [Assignment] {
        let names = Dictionary(Setting.all.map { ($0.environmentName, $0.name) }) { first, _ in first }
        let sections = Set(Setting.all.compactMap { $0.name.contains(".") ? $0.name.prefix { $0 != "." } : nil })
        return try environment.sorted { $0.key < $1.key }.compactMap { variable, value in
            guard variable.hasPrefix("MODELUX_") else { return nil }
            if let name = names[variable] { return Assignment(name: name, value: value, place: variable) }
            let words = variable.dropFirst("MODELUX_".count).lowercased().split(separator: "_", maxSplits: 1)
            guard words.count == 2, sections.contains(words[0]) else { return nil }
            do throws(SettingsError) {
                _ = try Setting.named("\(words[0]).\(words[1])")
                return nil
            } catch {
                throw CommandFailure(.settings, "\(variable): \(error.description)")
            }
        }
    }

    /// What no key can tell by itself.
    private static func validate(_ settings: Settings) throws {
        for (section, certificate, key) in [
            ("proxy", settings.proxy.tlsCertificate, settings.proxy.tlsKey),
            ("admin", settings.admin.tlsCertificate, settings.admin.tlsKey),
        ] where (certificate == nil) != (key == nil) {
            throw CommandFailure(.settings, "\(section).tls_certificate and \(section).tls_key go together: set both")
        }
        let files = [
            "proxy.tls_certificate", "proxy.tls_key", "admin.tls_certificate", "admin.tls_key", "upstream.ca_file",
            "alerts.ca_file", "mail.password_file",
        ]
        for setting in Setting.all where files.contains(setting.name) {
            let path = setting.text(in: settings)
            if !path.isEmpty, !FileManager.default.isReadableFile(atPath: path) {
                throw CommandFailure(.settings, "\(setting.name): the file \(path) is not there or may not be read")
            }
        }
        try validate(settings.mail)
        if settings.proxy.address == settings.admin.address, settings.proxy.address.port != 0 {
            throw CommandFailure(.settings, "proxy.address and admin.address are the same: they never share a listener")
        }
    }

    /// A password never goes over a network in the clear.
    private static func validate(_ mail: Settings.Mail) throws {
        guard let host = mail.host else { return }
        guard mail.from != nil else {
            throw CommandFailure(.settings, "mail.host needs mail.from: say whom mails come from")
        }
        guard (mail.user == nil) == (mail.passwordFile == nil) else {
            throw CommandFailure(.settings, "mail.user and mail.password_file go together: set both")
        }
        guard mail.security != .none || ListenAddress(host: host, port: 0).isLoopback else {
            throw CommandFailure(
                .settings, "mail.security is none, but \(host) is another machine: use starttls or tls")
        }
    }

    private static func defaultDataDirectory(environment: [String: String], userID: UInt32) -> String {
        if userID == 0 { return Settings().dataDirectory }
        if let data = environment["XDG_DATA_HOME"], !data.isEmpty { return data + "/modelux" }
        return (environment["HOME"] ?? "/tmp") + "/.local/share/modelux"
    }

    private static func path(_ source: Source, _ environment: [String: String]) -> String? {
        switch source {
        case .standard:
            environment["MODELUX_CONFIG"] ?? (FileManager.default.fileExists(atPath: defaultPath) ? defaultPath : nil)
        case .named(let path): path
        case .none: nil
        }
    }

    private static func contents(of path: String) throws -> String {
        guard FileManager.default.fileExists(atPath: path) else {
            throw CommandFailure(.settings, "there is no settings file \(path)")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(.permission, "the settings file \(path) may not be read")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw CommandFailure(.settings, "the settings file \(path) is not UTF-8")
        }
        return text
    }

    /// Yams describes a fault with several lines and a picture; the operator gets one line.
    private static func sentence(of error: any Error) -> String {
        "\(error)".split(separator: "\n").prefix(2).joined(separator: " ")
    }
}
