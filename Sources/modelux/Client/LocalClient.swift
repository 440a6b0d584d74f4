import AsyncHTTPClient
import Glibc
import ModeluxCore
import ModeluxStore
import NIOCore
import NIOHTTP1

/// Talks to the running server through the UNIX socket in its data directory: who may open the socket may manage.
struct LocalClient {
    /// The socket's path.
    let socket: String
    private let dataDirectory: String

    /// What the management API is asked with.
    enum Method: String {
        case get = "GET"
        case post = "POST"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    /// The longest that an ordinary answer may take.
    private static let timeout = TimeAmount.seconds(30)
    /// The largest answer that is read into memory.
    private static let answerLimit = 64 << 20

    init(dataDirectory: String) {
        self.dataDirectory = dataDirectory
        socket = dataDirectory + "/admin.sock"
    }

    /// Sends one request and gives the `data` of its answer, or the whole answer where it has none.
    /// - Throws: `CommandFailure`: 69 when nobody serves, 1 with the server's sentence when it refuses.
    func send(_ method: Method, _ path: String, _ body: JSONTree? = nil) async throws -> JSONTree {
        let answer = try await answer(method, path, body)
        return answer["data"] ?? answer
    }

    /// All items of a list, page by page, at most `limit`.
    func list(_ path: String, limit: Int = .max) async throws -> [JSONTree] {
        var items: [JSONTree] = []
        var cursor: String?
        repeat {
            let separator = path.contains("?") ? "&" : "?"
            let query =
                separator + "limit=\(min(200, limit - items.count))"
                + (cursor.map { "&cursor=\(QueryText.encoded($0))" } ?? "")
            let page = try await answer(.get, path + query, nil)
            items += page["data"]?.arrayValue ?? []
            cursor = page["next_cursor"]?.stringValue
        } while cursor != nil && items.count < limit
        return Array(items.prefix(limit))
    }

    /// The id of the project of that slug or id.
    func projectID(_ name: String) async throws -> String {
        let projects = try await list("projects")
        let found = projects.first { $0["slug"]?.stringValue == name || $0["id"]?.stringValue == name }
        guard let id = found?["id"]?.stringValue else {
            let known = projects.compactMap { $0["slug"]?.stringValue }.joined(separator: ", ")
            throw CommandFailure(.refused, "there is no project \"\(name)\"; there are: \(known)")
        }
        return id
    }

    /// Reads a stream of server-sent events and gives each event's data, until the server or `body` ends it.
    func events(_ path: String, _ body: (String) throws -> Void) async throws {
        let response = try await open(.get, path, nil, timeout: .hours(24 * 365))
        var line = ""
        for try await var chunk in response.body {
            // An event's data is one line of JSON, so lines are all there is to find.
            for character in chunk.readString(length: chunk.readableBytes) ?? "" {
                guard character.isNewline else {
                    line.append(character)
                    continue
                }
                if line.hasPrefix("data:") { try body(String(line.dropFirst(5).drop { $0 == " " })) }
                line = ""
            }
        }
    }

    private func answer(_ method: Method, _ path: String, _ body: JSONTree?) async throws -> JSONTree {
        let response = try await open(method, path, body, timeout: LocalClient.timeout)
        let bytes = try await response.body.collect(upTo: LocalClient.answerLimit)
        if bytes.readableBytes == 0 { return .null }
        do throws(Failure) {
            return try JSONTree(parsing: bytes.readableBytesView)
        } catch {
            throw CommandFailure(.refused, "the server's answer is no JSON: \(error.message)")
        }
    }

    private func open(
        _ method: Method, _ path: String, _ body: JSONTree?, timeout: TimeAmount
    ) async throws -> HTTPClientResponse {
        let reason = SocketProbe.error(of: socket)
        guard reason == 0 else { throw unreachable(reason) }
        var request = HTTPClientRequest(url: "http+unix://\(QueryText.encoded(socket))/manage/v1/\(path)")
        request.method = HTTPMethod(rawValue: method.rawValue)
        request.headers.add(name: "host", value: "localhost")
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body.text))
        }
        let response: HTTPClientResponse
        do {
            response = try await HTTPClient.shared.execute(request, timeout: timeout)
        } catch {
            throw CommandFailure(.unavailable, "the server at \(socket) does not answer: \(error)")
        }
        guard response.status.code < 400 else { throw try await refusal(response) }
        return response
    }

    private func refusal(_ response: HTTPClientResponse) async throws -> CommandFailure {
        let bytes = try await response.body.collect(upTo: LocalClient.answerLimit)
        let error = (try? JSONTree(parsing: bytes.readableBytesView))?["error"]
        var message = error?["message"]?.stringValue ?? "the server answered \(response.status.code)"
        for field in error?["fields"]?.arrayValue ?? [] {
            let finding = "\(field["path"]?.stringValue ?? ""): \(field["message"]?.stringValue ?? "")"
            if !message.contains(finding) { message += "\n  \(finding)" }
        }
        return CommandFailure(.refused, message)
    }

    private func unreachable(_ reason: Int32) -> CommandFailure {
        guard reason != EACCES, reason != EPERM else {
            return CommandFailure(.permission, "\(socket) may not be opened: run this as root or as the service's user")
        }
        return CommandFailure(
            .unavailable,
            "no modelux serves at \(socket): start one with `modelux serve --data \(dataDirectory)`, "
                + "or name its data directory with --data")
    }
}
