import Foundation
import HTTPTypes
import ModeluxCore
import ModeluxStore
import Testing

@testable import ModeluxAdmin

/// What stands beside the management API on its listener: the dashboard, health, metrics, and the guard at the door.
struct ListenerTests {
    @Test func `the dashboard is served with its headers, and not again when it is known`() async throws {
        try await AdminUnderTest.run { test async throws in
            let page = try await test.send("GET", "/")
            #expect(page.status == 200 && page.header("content-type") == "text/html; charset=utf-8")
            let policy = try #require(page.header("content-security-policy"))
            #expect(policy.hasPrefix("default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"))
            #expect(page.header("x-content-type-options") == "nosniff")
            #expect(page.header("referrer-policy") == "no-referrer")
            #expect(page.header("cross-origin-opener-policy") == "same-origin")
            let tag = try #require(page.header("etag"))
            for known in [tag, "W/\(tag)", "\"a\", \(tag)", "*"] {
                let again = try await test.send("GET", "/", headers: [("if-none-match", known)])
                #expect(again.status == 304 && again.bytes.isEmpty && again.header("etag") == tag)
            }
            #expect(try await test.send("GET", "/", headers: [("if-none-match", "\"other\"")]).status == 200)
            let script = try await test.send("GET", "/app.js")
            #expect(script.header("content-type") == "text/javascript; charset=utf-8" && script.header("etag") != tag)
            #expect(try await test.send("GET", "/vendor/chart.js").status == 200)
            let head = try await test.send("HEAD", "/")
            #expect(head.status == 200 && head.bytes.isEmpty && head.header("content-length") == "\(page.bytes.count)")
        }
    }

    @Test(arguments: [
        "/nothing", "/..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/%252e%252e/etc/passwd", "//etc/passwd",
        "/../index.html", "/styles/../../kek", "/styles/../index.html", "/styles/%2e%2e/index.html", "/app.js%00.html",
        "/%c0%ae%c0%ae/x", "/.git/config", "/kek", "/control.db", "/admin.sock", "/dashboard/index.html",
        "/openapi.yaml", "/catalog.json", "/docs/security.md", "/vendor/../index.html", "/index.html/", "/%", "/%zz",
        "/app.js/..", "/a\\..\\b", "/vendor", "/vendor/", "/styles/", "", "*", "http://127.0.0.1/index.html",
        "/\(String(repeating: "a", count: 20_000))", "/index.html%20", "/INDEX.HTML", "/\u{202E}lmth.xedni",
    ])
    func `only files of the dashboard are served`(target: String) {
        #expect(throws: Failure.self, "\(target)") {
            guard let path = RequestPath(target) else { throw Failure(.notFound, "the path is malformed") }
            let request = AdminRequest(
                method: "GET", path: path, authority: nil, headers: [:], address: nil, isLocal: false)
            _ = try Dashboard(directory: nil).answer(request)
        }
    }

    @Test func `a query does not change the page`() async throws {
        try await AdminUnderTest.run { test async throws in
            #expect(try await test.send("GET", "/index.html?a=%20b").status == 200)
        }
    }

    @Test func `while someone works on the dashboard it comes from a folder, and nothing above it does`() async throws {
        let folder = "/tmp/mlx-" + UUID().uuidString.prefix(13)
        try FileManager.default.createDirectory(atPath: folder + "/site", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try "above".write(toFile: folder + "/secret", atomically: false, encoding: .utf8)
        try "<p>mine".write(toFile: folder + "/site/index.html", atomically: false, encoding: .utf8)
        try await AdminUnderTest.run(settings: { $0.dashboardDirectory = folder + "/site" }) { test async throws in
            #expect(try await test.send("GET", "/").text == "<p>mine")
            #expect(try await test.send("GET", "/../secret").status != 200)
            #expect(try await test.send("GET", "/%2e%2e/secret").status != 200)
        }
    }

    @Test(arguments: [
        ("evil.example", 421), ("evil.example:5100", 421), ("localhost", 200), ("LOCALHOST:5100", 200),
        ("127.0.0.1:5100", 200), ("[::1]:5100", 200), ("gateway.example", 200), ("localhost.evil.example", 421),
        ("user@localhost", 421), ("localhost:x", 421),
    ])
    func `a host name that is not ours is refused`(host: String, status: Int) async throws {
        try await AdminUnderTest.run(settings: { $0.allowedHosts = ["gateway.example"] }) { test async throws in
            #expect(try await test.send("GET", "/", headers: [("host", host)]).status == status)
            let key = ("authorization", "Bearer \(test.keys[.owner] ?? "")")
            #expect(try await test.send("GET", "/manage/v1/org", headers: [("host", host), key]).status == status)
        }
    }

    @Test func `health needs no key, metrics none on loopback, and neither takes a write`() async throws {
        try await AdminUnderTest.run { test async throws in
            for path in ["/healthz", "/readyz"] { #expect(try await test.send("GET", path).text == "ok\n") }
            let metrics = try await test.send("GET", "/metrics")
            #expect(metrics.status == 200 && metrics.text == "modelux_up 1\n")
            #expect(try await test.send("POST", "/healthz", "{}").status == 405)
            #expect(try await test.send("POST", "/app.js", "{}").status == 404)
        }
    }

    @Test func `beyond loopback metrics take a management key`() async throws {
        try await AdminUnderTest.run(settings: { $0.address.host = "0.0.0.0" }) { test async throws in
            #expect(try await test.send("GET", "/metrics").status == 401)
            let key = ("authorization", "Bearer \(test.keys[.viewer] ?? "")")
            #expect(try await test.send("GET", "/metrics", headers: [key]).status == 200)
            #expect(try await test.send("GET", "/healthz").status == 200)
        }
    }

    @Test func `no secret is in any answer, in the log or in the files`() async throws {
        try await AdminUnderTest.run { test async throws in
            let canary = "sk-canary-5f2e8c1b-never-shown"
            _ = try await test.manage("POST", "providers", #"{"vendor":"openai","api_key":"\#(canary)"}"#)
            _ = try await test.manage("PATCH", "providers/openai", #"{"api_key":"\#(canary)2"}"#)
            _ = try await test.manage("POST", "providers", #"{"vendor":"openai","api_key":"\#(canary)","nam":"x"}"#)
            let made = try await test.manage("POST", "keys", #"{"name":"k"}"#, headers: [("idempotency-key", "k")])
            let secret = try #require(made.data["secret"]?.stringValue)
            var texts = [test.log.text]
            for path in ["providers", "providers/openai", "keys", "audit", "system", "management-keys", "logs"] {
                texts.append(try await test.manage("GET", path).text)
            }
            texts.append(try await test.send("GET", "/metrics").text)
            for text in texts {
                #expect(!text.contains(canary))
                #expect(!text.contains(secret) && !text.contains(test.keys[.owner] ?? "-"))
            }
            try test.store.checkpoint()
            for file in try FileManager.default.subpathsOfDirectory(atPath: test.folder) {
                guard let bytes = FileManager.default.contents(atPath: test.folder + "/" + file) else { continue }
                for text in [canary, secret, test.keys[.owner] ?? "-"] {
                    #expect(bytes.range(of: Data(text.utf8)) == nil, "\(file)")
                }
            }
        }
    }

    @Test func `the tail tells of a record as it is written, and of no other`() async throws {
        try await AdminUnderTest.run { test async throws in
            let answer = try await test.tail("logs/tail?end_user=ann") {
                try await test.record(endUser: "bob")
                try await test.record()
            }
            #expect(answer.contains("event: record\ndata: {\"request_id\":"))
            #expect(answer.contains("\"end_user\":\"ann\"") && !answer.contains("bob"))
        }
    }
}
