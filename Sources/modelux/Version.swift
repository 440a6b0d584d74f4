import CResources

/// What this program is.
enum Version {
    /// The release.
    static let number = "0.1.0"

    /// The commit and its date; empty when the program was not built by `packaging/build`.
    static var build: String { String(cString: modelux_build()) }
}
