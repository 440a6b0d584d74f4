import AsyncHTTPClient
import Foundation
import Logging
import ModeluxCore
import ModeluxGateway
import ModeluxStore
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle
import Synchronization

@testable import ModeluxAdmin

/// A management server on real sockets with a data folder of its own, and what a test needs to talk to it.
struct AdminUnderTest {
    let folder: String
    let clock: TestClock
    let store: ControlStore
    let pipeline: RecordPipeline
    let feed: RecordFeed
    let book: BudgetBook
    let events: EventQueue
    let alerts: AlertService
    let server: AdminServer
    let address: ListenAddress
    let log: TestLog
    /// Secrets of management keys by role, without a limit.
    let keys: [Role: String]

    /// Runs a server for the length of `body`.
    static func run(
        settings change: (inout AdminSettings) -> Void = { _ in }, mail: Settings.Mail = Settings().mail,
        _ body: (AdminUnderTest) async throws -> Void
    ) async throws {
        // Socket paths have at most 107 bytes.
        let folder = "/tmp/mlx-" + UUID().uuidString.prefix(13)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let clock = TestClock()
        let log = TestLog()
        let logger = Logger(label: "test") { _ in log.handler }
        let store = try ControlStore(
            directory: folder, catalogue: .empty, clock: { clock.now }, logger: logger)
        var admin = Settings().admin
        admin.address = ListenAddress(host: "127.0.0.1", port: 0)
        var settings = AdminSettings(admin, socketPath: folder + "/admin.sock")
        change(&settings)
        let pipeline = try RecordPipeline(dataDirectory: folder, logger: logger)
        let feed = RecordFeed()
        let file = try AlertFile(directory: folder)
        let events = EventQueue()
        let courier = try AlertCourier(
            control: store, alerts: Settings().alerts, mail: mail, group: MultiThreadedEventLoopGroup.singleton,
            version: "0.0.1", clock: { clock.now })
        let alerts = AlertService(
            control: store, file: file, events: events, courier: courier, clock: { clock.now }, logger: logger)
        let book = BudgetBook()
        store.onChange { book.configure($0.budgets, at: clock.now) }
        let records = RecordSource(dataDirectory: folder)
        let keeper = BudgetKeeper(
            book: book, ledger: records.ledger, flush: { await pipeline.flush() }, clock: { clock.now })
        let server = AdminServer(
            settings: settings,
            dependencies: AdminDependencies(
                store: store, records: records, feed: feed,
                alerts: AlertDesk(file: file, events: events, courier: courier, service: alerts), budgets: keeper,
                metrics: { "modelux_up 1\n" },
                systemStatus: { [JSONTree.Member("proxy_url", .string("http://127.0.0.1:8080"))] }, version: "0.0.1",
                clock: { clock.now }), eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
        let group = ServiceGroup(services: [pipeline, alerts, server], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let address = await server.whenListening()
            var keys: [Role: String] = [:]
            for role in Role.allCases {
                keys[role] = try await store.write(as: .system) { transaction in
                    try transaction.managementKeys.create(name: role.rawValue, role: role, requestsPerMinute: 0)
                }.secret.reveal()
            }
            let test = AdminUnderTest(
                folder: folder, clock: clock, store: store, pipeline: pipeline, feed: feed, book: book,
                events: events, alerts: alerts, server: server, address: address, log: log, keys: keys)
            do { try await body(test) } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// An answer, read whole.
    struct Answer {
        let status: Int
        let headers: HTTPHeaders
        let bytes: [UInt8]
        func header(_ name: String) -> String? { headers[name].first }
        var text: String { String(decoding: bytes, as: UTF8.self) }
        /// The body as a tree; null when it is no JSON.
        var json: JSONTree { (try? JSONTree(parsing: bytes)) ?? .null }
        var data: JSONTree { json["data"] ?? .null }
        var code: String? { json["error"]?["code"]?.stringValue }
        var message: String { json["error"]?["message"]?.stringValue ?? "" }
        var fields: [String] { json["error"]?["fields"]?.arrayValue?.compactMap { $0["path"]?.stringValue } ?? [] }
    }

    /// Sends a request as a management key of `role`, with `/manage/v1` put before the path.
    func manage(
        _ method: String, _ path: String, _ body: String? = nil, as role: Role? = .owner,
        headers: [(String, String)] = []
    ) async throws -> Answer {
        let key = role.flatMap { keys[$0] }.map { [("authorization", "Bearer \($0)")] } ?? []
        return try await send(method, "/manage/v1/\(path)", body, headers: key + headers)
    }

    /// Sends a request as it is; a body is JSON unless a header says otherwise.
    func send(
        _ method: String, _ path: String, _ body: String? = nil, headers: [(String, String)] = [],
        overSocket: Bool = false
    ) async throws -> Answer {
        let escaped = folder.replacingOccurrences(of: "/", with: "%2F") + "%2Fadmin.sock"
        var request = HTTPClientRequest(
            url: overSocket ? "http+unix://\(escaped)\(path)" : "http://127.0.0.1:\(address.port)\(path)")
        request.method = HTTPMethod(rawValue: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body {
            request.body = .bytes(ByteBuffer(string: body))
            if !request.headers.contains(name: "content-type") {
                request.headers.add(name: "content-type", value: "application/json")
            }
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        let bytes = try await response.body.collect(upTo: 64 << 20)
        return Answer(
            status: Int(response.status.code), headers: response.headers, bytes: Array(bytes.readableBytesView))
    }

    /// Follows a stream of events, does something once it is open, and reads up to the end of the first event.
    func tail(_ path: String, _ body: () async throws -> Void) async throws -> String {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(address.port)/manage/v1/\(path)")
        request.headers.add(name: "authorization", value: "Bearer \(keys[.owner] ?? "")")
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        try await body()
        var text = ""
        for try await chunk in response.body {
            text += String(buffer: chunk)
            if text.contains("data:"), text.hasSuffix("\n\n") { break }
        }
        return text
    }

    /// Signs in by a link.
    /// - Returns: Headers of a browser that is signed in.
    func signIn() async throws -> [(String, String)] {
        let link = try await manage("POST", "auth/setup-link").data["url"]?.stringValue ?? ""
        let token = link.split(separator: "=").last.map(String.init) ?? ""
        let answer = try await manage("POST", "auth/sign-in", #"{"token":"\#(token)"}"#, as: nil)
        let cookie = answer.headers["set-cookie"].first.map { String($0.prefix { $0 != ";" }) } ?? ""
        return [("cookie", cookie), ("x-modelux-csrf", answer.data["csrf_token"]?.stringValue ?? "")]
    }
}

/// A wall clock that stands still until a test moves it.
final class TestClock: Sendable {
    private let time = Mutex(Timestamp(microseconds: 1_800_000_000_000_000))
    var now: Timestamp { time.withLock { $0 } }
    func advance(seconds: Int64) { time.withLock { $0 = $0.advanced(byMicroseconds: seconds * 1_000_000) } }
}

/// Everything that was logged, as text.
final class TestLog: Sendable {
    private let lines = Mutex<[String]>([])
    var text: String { lines.withLock { $0.joined(separator: "\n") } }
    var handler: Handler { Handler(log: self) }

    struct Handler: LogHandler {
        let log: TestLog
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .trace
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }
        init(log: TestLog) { self.log = log }
        func log(event: LogEvent) {
            log.lines.withLock { $0.append("\(event.message) \(metadata) \(event.metadata ?? [:])") }
        }
    }
}
