import CResources
import Crypto

/// A file inside the executable: dashboard, catalogue, API description, documentation.
///
/// The bytes lie in the program's read-only memory and are mapped only when they are read.
public struct EmbeddedResource: Sendable {
    /// Where it lay under `Resources/`: `dashboard/app.js`, `catalog.json`, `vendor/chart.js`.
    public let name: String
    /// Its place in the C table; a pointer could not be `Sendable`.
    private let position: Int

    /// Every embedded file by name.
    public static let all: [String: EmbeddedResource] = {
        let files = (0..<modelux_resource_count).map { position in
            EmbeddedResource(name: String(cString: modelux_resource_at(position).name), position: position)
        }
        return Dictionary(files.map { ($0.name, $0) }) { first, _ in first }
    }()

    /// The file of that name, or nil.
    public static func named(_ name: String) -> EmbeddedResource? { all[name] }

    /// Gives `body` the bytes without copying them; they live as long as the process.
    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        let resource = modelux_resource_at(position)
        return try body(UnsafeRawBufferPointer(start: resource.bytes, count: resource.length))
    }

    /// A copy of the bytes.
    public var bytes: [UInt8] { withBytes { Array($0) } }

    /// What `ETag` says: the first half of the contents' SHA-256 in quotes. Reads the whole file; keep the answer.
    public var entityTag: String {
        let digest = withBytes { SHA256.hash(data: $0) }
        let digits = Array("0123456789abcdef".utf8)
        let text = digest.prefix(16).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return "\"\(String(decoding: text, as: UTF8.self))\""
    }

    /// What `Content-Type` says, by the name's extension.
    public var contentType: String { EmbeddedResource.contentType(of: name) }

    /// What `Content-Type` says for a file of that name.
    public static func contentType(of name: String) -> String {
        let types: [String: String] = [
            "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8",
            "css": "text/css; charset=utf-8", "json": "application/json", "svg": "image/svg+xml",
            "png": "image/png", "ico": "image/x-icon", "yaml": "application/yaml", "md": "text/markdown; charset=utf-8",
            "txt": "text/plain; charset=utf-8", "woff2": "font/woff2",
        ]
        let suffix = name.lastIndex(of: ".").map { String(name[name.index(after: $0)...]) } ?? ""
        return types[suffix] ?? "application/octet-stream"
    }
}
