import Glibc
import ModeluxCore
import ModeluxStore
import Testing

@testable import ModeluxAdmin

/// Every route with every kind of caller that must not get in. The rows come from the route table itself, so that a
/// new route is here as soon as it exists.
struct RouteAccessTests {
    private static func routes(_ test: AdminUnderTest) -> [Route] {
        Routes.table(
            AdminDependencies(
                store: test.store, records: RecordSource(dataDirectory: test.folder), version: "0",
                clock: { test.clock.now }),
            settings: AdminSettings(Settings().admin, socketPath: nil), limiter: RequestLimiter(),
            signInURL: { _ in "" }
        ).routes
    }

    private static func path(_ route: Route) -> String {
        route.path.split(separator: "/").map { $0.hasPrefix("{") ? "x" : String($0) }.joined(separator: "/")
    }

    @Test func `no route lets in a caller without a key, with a project key, or with a wrong one`() async throws {
        try await AdminUnderTest.run { test async throws in
            let projectKey = try await test.store.write(as: .system) { transaction in
                try transaction.keys.create(project: "default", draft: KeyDraft(name: "app"))
            }.secret.reveal()
            let wrong = [
                [], [("authorization", "Bearer \(projectKey)")], [("authorization", "Bearer mlx_mk_wrong")],
                [("authorization", "Basic bWx4OmtleQ==")], [("authorization", "Bearer ")], [("authorization", "")],
                [("x-api-key", test.keys[.owner] ?? "")], [("cookie", "modelux_session=wrong")],
                [("authorization", "Bearer \(test.keys[.owner] ?? "")"), ("authorization", "Bearer x")],
            ]
            for route in Self.routes(test) where route.access != .open {
                for headers in wrong {
                    let answer = try await test.send(
                        route.method, "/manage/v1/" + Self.path(route), route.method == "GET" ? nil : "{}",
                        headers: headers)
                    #expect(answer.status == 401, "\(route.method) \(route.path) with \(headers)")
                    #expect(answer.json["error"]?["type"]?.stringValue == "authentication_error")
                    #expect(answer.header("www-authenticate") == "Bearer")
                }
            }
        }
    }

    @Test func `every route refuses the roles below its own and admits the others`() async throws {
        try await AdminUnderTest.run { test async throws in
            for route in Self.routes(test) {
                guard case .role(let needed) = route.access, route.path != "logs/tail" else { continue }
                for role in Role.allCases {
                    let answer = try await test.manage(
                        route.method, Self.path(route), route.method == "GET" ? nil : "{}", as: role)
                    if role < needed {
                        #expect(answer.status == 403, "\(route.method) \(route.path) as \(role)")
                        #expect(answer.code == "role_forbidden")
                    } else {
                        #expect(
                            ![401, 403, 405, 500].contains(answer.status) || route.path == "auth/session",
                            "\(route.method) \(route.path) as \(role): \(answer.status) \(answer.text)")
                    }
                }
            }
        }
    }

    @Test func `only what signs in and describes the API is open`() async throws {
        try await AdminUnderTest.run { test async throws in
            let open = Self.routes(test).filter { $0.access == .open }.map { "\($0.method) \($0.path)" }
            #expect(open.sorted() == ["GET openapi.yaml", "POST auth/setup", "POST auth/sign-in"])
        }
    }

    @Test func `what is in no table does not exist, and says so only to those who are in`() async throws {
        try await AdminUnderTest.run { test async throws in
            for path in ["nothing", "keys/a/b/c", "", "keys/", "projects//x", "experiments"] {
                #expect(try await test.manage("GET", path, as: nil).status == 401, "\(path)")
                #expect(try await test.manage("GET", path).status == 404, "\(path)")
            }
            let answer = try await test.manage("PUT", "keys")
            #expect(answer.status == 405 && answer.code == "method_not_allowed")
            #expect(answer.header("allow") == "GET, POST")
        }
    }

    @Test func `revoked and expired keys are told so, and both stop working at once`() async throws {
        try await AdminUnderTest.run { test async throws in
            let made = try await test.manage(
                "POST", "management-keys",
                #"{"name":"short","role":"viewer","expires_at":"2027-01-15T09:00:00Z","rate_limit":0}"#)
            let key = [("authorization", "Bearer \(made.data["secret"]?.stringValue ?? "")")]
            #expect(try await test.send("GET", "/manage/v1/org", headers: key).status == 200)
            test.clock.advance(seconds: 86_400)
            #expect(try await test.send("GET", "/manage/v1/org", headers: key).code == "expired_key")
            let other = try await test.manage("POST", "management-keys", #"{"name":"other","role":"viewer"}"#)
            let second = [("authorization", "Bearer \(other.data["secret"]?.stringValue ?? "")")]
            #expect(try await test.send("GET", "/manage/v1/org", headers: second).status == 200)
            _ = try await test.manage("DELETE", "management-keys/\(other.data["id"]?.stringValue ?? "")")
            #expect(try await test.send("GET", "/manage/v1/org", headers: second).code == "revoked_key")
        }
    }

    @Test func `the alias leads to the same routes`() async throws {
        try await AdminUnderTest.run { test async throws in
            let key = [("authorization", "Bearer \(test.keys[.viewer] ?? "")")]
            #expect(try await test.send("GET", "/api/manage/v1/org", headers: key).status == 200)
            #expect(try await test.send("GET", "/api/manage/v1/org").status == 401)
        }
    }

    @Test func `the local socket needs no key, and its file is for its owner alone`() async throws {
        try await AdminUnderTest.run { test async throws in
            let answer = try await test.send("GET", "/manage/v1/management-keys", overSocket: true)
            #expect(answer.status == 200)
            var status = stat()
            #expect(lstat(test.folder + "/admin.sock", &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600)
            let made = try await test.send("POST", "/manage/v1/projects", #"{"name":"Local"}"#, overSocket: true)
            #expect(made.status == 201)
            let audit = try await test.manage("GET", "audit?limit=1").json["data"]?.arrayValue?.first
            #expect(audit?["author"]?["kind"]?.stringValue == "local")
        }
    }

    @Test func `a key's limit ends in 429 with the seconds to wait`() async throws {
        try await AdminUnderTest.run { test async throws in
            let made = try await test.manage("POST", "management-keys", #"{"name":"slow","role":"viewer"}"#)
            #expect(made.data["rate_limit"]?.integerValue == 60)
            let key = [("authorization", "Bearer \(made.data["secret"]?.stringValue ?? "")")]
            var statuses: [Int] = []
            for _ in 0..<61 {
                let answer = try await test.send("GET", "/manage/v1/org", headers: key)
                statuses.append(answer.status)
                if answer.status == 429 { #expect(answer.header("retry-after").flatMap(Int.init) ?? 0 > 0) }
            }
            // The window may roll over in between, but never lets more than twice the limit pass.
            #expect(statuses.filter { $0 == 200 }.count >= 60)
            #expect(statuses.contains(429) || statuses.count(where: { $0 == 200 }) == 61)
        }
    }
}
