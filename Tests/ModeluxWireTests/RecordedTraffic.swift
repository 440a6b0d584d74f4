import Foundation
import ModeluxCore
import ModeluxWire
import NIOCore
import Testing

/// The recorded exchanges beside the package (`../shared/traffic`), where there are any.
enum RecordedTraffic {
    /// One exchange.
    struct Exchange: Sendable, CustomTestStringConvertible {
        let id: String
        let provider: String
        let model: String
        let surface: String
        let isStream: Bool
        let status: Int
        let request: JSONValue
        let body: ByteBuffer

        var testDescription: String { id }
        var isChat: Bool { surface.hasSuffix("chat") }
    }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/traffic")

    /// The catalogue that the program ships.
    static let catalogue: Catalogue? = {
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        guard let data = try? Data(contentsOf: package.appending(path: "Resources/catalog.json")) else { return nil }
        return try? CatalogueFile(json: data).catalogue
    }()

    static var isThere: Bool { FileManager.default.fileExists(atPath: folder.appending(path: "dev").path) }

    static let missing = "no recordings at ../shared/traffic beside the package"

    private static let surfaces: Set<String> = [
        "openai.chat", "openai.completions", "openai.embeddings", "groq.chat", "fireworks.chat",
        "fireworks.completions", "fireworks.embeddings", "azure.chat", "azure.embeddings", "azure.ai-inference-chat",
        "compat.chat", "gemini.openai-chat", "bedrock.mantle-chat",
    ]

    /// All exchanges of the OpenAI dialect, in the order of their ids.
    static let all = exchanges(of: surfaces)

    /// The exchanges of some surfaces, in the order of their ids; event streams of AWS's are bytes in base64.
    static func exchanges(of surfaces: Set<String>) -> [Exchange] {
        guard isThere,
            let names = try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "dev").path)
        else { return [] }
        return names.filter { $0.hasSuffix(".json") }.sorted().compactMap { name in
            guard let data = try? Data(contentsOf: folder.appending(path: "dev/\(name)")),
                let value = try? JSONValue(parsing: ByteBuffer(bytes: data)),
                let surface = value["surface"]?.string, surfaces.contains(surface), let id = value["id"]?.string,
                let response = value["response"], let body = response["body"]?.string, let request = value["request"]
            else { return nil }
            let isBase64 = response["body_encoding"]?.string == "base64"
            let bytes = isBase64 ? Data(base64Encoded: body).map { ByteBuffer(bytes: $0) } : ByteBuffer(string: body)
            guard let bytes else { return nil }
            return Exchange(
                id: id, provider: value["provider"]?.string ?? "", model: value["model"]?.string ?? "",
                surface: surface, isStream: value["stream"]?.bool ?? false,
                status: Int(response["status"]?.integer ?? 0), request: request["body"] ?? .null,
                body: bytes)
        }
    }

    /// Streams that were answered as streams.
    static var streams: [Exchange] {
        all.filter { $0.isStream && $0.status == 200 }
    }

    /// The lines of a file of JSON lines.
    static func lines(of name: String) -> [JSONValue] {
        guard let text = try? String(contentsOf: folder.appending(path: name), encoding: .utf8) else { return [] }
        return text.split(separator: "\n").compactMap { try? JSONValue(parsing: String($0)) }
    }

    /// What `check_cost.py` says that each provider reported, by id; nil without Python.
    static let expectedUsage: JSONValue? = {
        guard isThere else { return nil }
        let output = FileManager.default.temporaryDirectory.appending(path: "modelux-usage-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: output) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "python3", folder.appending(path: "check_cost.py").path, "--json", output.path, "--catalog",
            folder.deletingLastPathComponent().appending(path: "prices/catalog.json").path,
            folder.appending(path: "dev").path,
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        process.waitUntilExit()
        guard let data = try? Data(contentsOf: output) else { return nil }
        return try? JSONValue(parsing: ByteBuffer(bytes: data))
    }()
}
