import FoundationEssentials
import ModeluxCore
import Synchronization

/// Serves the files of the dashboard: those inside the program, or those of a folder while someone works on them. Only
/// names in the list are ever opened, so that no path leads anywhere else.
final class Dashboard: Sendable {
    private let directory: String?
    /// Entity tags of embedded files, worked out once each.
    private let tags = Mutex<[String: String]>([:])

    init(directory: String?) {
        self.directory = directory
    }

    /// - Throws: `Failure` of kind `notFound` for everything that is no file of the dashboard.
    func answer(_ request: AdminRequest) throws -> Reply {
        let segments = request.path.segments
        let name = segments.isEmpty ? "index.html" : segments.joined(separator: "/")
        let isPlain = segments.allSatisfy {
            !$0.isEmpty && !$0.hasPrefix(".") && !$0.contains("/") && !$0.contains("\\")
        }
        guard isPlain, let file = file(named: name) else {
            throw Failure(.notFound, "there is no such page: the dashboard is at /, the API under /manage/v1")
        }
        var reply = Reply(
            headers: [
                ("content-type", EmbeddedResource.contentType(of: name)), ("etag", file.tag),
                ("cache-control", "no-cache"),
            ], body: .bytes([]))
        if let known = request.header("if-none-match"), Dashboard.matches(known, file.tag) {
            reply.status = 304
            return reply
        }
        reply.body = .bytes(file.bytes())
        return reply
    }

    private struct File {
        let tag: String
        let bytes: () -> [UInt8]
    }

    private func file(named name: String) -> File? {
        if let directory, !name.hasPrefix("vendor/") {
            guard let data = FileManager.default.contents(atPath: directory + "/" + name) else { return nil }
            return File(tag: "\"\(data.count)-\(data.hashValue)\"") { Array(data) }
        }
        let resource = EmbeddedResource.named(name.hasPrefix("vendor/") ? name : "dashboard/" + name)
        guard let resource else { return nil }
        let tag = tags.withLock { tags in
            if let known = tags[name] { return known }
            let made = resource.entityTag
            tags[name] = made
            return made
        }
        return File(tag: tag) { resource.bytes }
    }

    private static func matches(_ header: String, _ tag: String) -> Bool {
        header.split(separator: ",").contains { part in
            let text = part.drop { $0 == " " }
            return text == tag || text == "W/" + tag || text == "*"
        }
    }
}
