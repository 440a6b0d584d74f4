import ModeluxCore
import ModeluxStore

/// Something that is wrong now, for the banner of the dashboard.
struct Problem: Sendable, Hashable {
    /// How bad it is.
    enum Severity: String, Sendable, CaseIterable {
        /// Requests fail, or money is not what it should be.
        case error
        /// It will get worse by itself.
        case warning
    }

    let severity: Severity
    /// A word for programs.
    let code: String
    /// A sentence for people.
    let message: String
    /// Since when, where that is known.
    var since: Timestamp?
    /// The kind of object that it is about.
    var resource: String?
    /// Which one.
    var id: String?

    func write(to json: inout JSONText) {
        json.object { json in
            json.member("severity", severity.rawValue)
            json.member("code", code)
            json.member("message", message)
            json.member("since", since?.iso8601)
            json.member("resource", resource)
            json.member("id", id)
        }
    }
}
