import ModeluxCore
import ModeluxStore
import Testing

@testable import ModeluxAdmin

struct SignInTests {
    private static func token(_ test: AdminUnderTest) async throws -> String {
        let link = try #require(try await test.manage("POST", "auth/setup-link").data["url"]?.stringValue)
        let start = "http://127.0.0.1:\(test.address.port)/#/sign-in?token="
        #expect(link.hasPrefix(start), "behind the #, so that it never reaches a log")
        return String(link.dropFirst(start.count))
    }

    @Test func `a link signs in once, with a cookie that no script reads`() async throws {
        try await AdminUnderTest.run { test async throws in
            let token = try await Self.token(test)
            let answer = try await test.manage("POST", "auth/sign-in", #"{"token":"\#(token)"}"#, as: nil)
            #expect(answer.status == 200 && answer.data["role"]?.stringValue == "owner")
            #expect(answer.data["user"]?["name"]?.stringValue == "owner")
            let cookie = try #require(answer.header("set-cookie"))
            for part in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"] { #expect(cookie.contains(part)) }
            let again = try await test.manage("POST", "auth/sign-in", #"{"token":"\#(token)"}"#, as: nil)
            #expect(again.status == 401 && again.header("set-cookie") == nil)
            let actions = try await test.manage("GET", "audit?limit=2").json["data"]?.arrayValue?.map {
                $0["action"]?.stringValue
            }
            #expect(actions == ["session.refused", "session.started"])
        }
    }

    @Test func `a link ends after 30 minutes`() async throws {
        try await AdminUnderTest.run { test async throws in
            let token = try await Self.token(test)
            test.clock.advance(seconds: 30 * 60 + 1)
            #expect(try await test.manage("POST", "auth/sign-in", #"{"token":"\#(token)"}"#, as: nil).status == 401)
        }
    }

    @Test func `attempts to sign in are counted by address`() async throws {
        try await AdminUnderTest.run { test async throws in
            var statuses: [Int] = []
            for _ in 0..<25 {
                statuses.append(try await test.manage("POST", "auth/sign-in", #"{"token":"guess"}"#, as: nil).status)
            }
            #expect(statuses.first == 401 && statuses.contains(429))
        }
    }

    @Test func `a session reads, and writes only with its token`() async throws {
        try await AdminUnderTest.run { test async throws in
            let browser = try await test.signIn()
            let path = "/manage/v1/keys"
            let session = try await test.send("GET", "/manage/v1/auth/session", headers: browser)
            #expect(session.data["csrf_token"]?.stringValue == browser[1].1)
            #expect(try await test.send("POST", path, #"{"name":"k"}"#, headers: browser).status == 201)
            let origin = ("origin", "http://127.0.0.1:\(test.address.port)")
            #expect(try await test.send("POST", path, #"{"name":"k"}"#, headers: browser + [origin]).status == 201)
            for headers in [
                [browser[0]], [browser[0], ("x-modelux-csrf", "wrong")], [browser[0], ("x-modelux-csrf", "")],
                browser + [("origin", "http://evil.example")], browser + [("origin", "null")],
                browser + [("sec-fetch-site", "cross-site")], browser + [("sec-fetch-site", "same-site")],
            ] {
                for (method, body) in [("POST", #"{"name":"k"}"#), ("DELETE", ""), ("PATCH", "{}")] {
                    let target = method == "POST" ? path : path + "/x"
                    let answer = try await test.send(method, target, body.isEmpty ? nil : body, headers: headers)
                    #expect(answer.status == 403, "\(method) with \(headers.dropFirst())")
                }
            }
        }
    }

    @Test func `a form of another site is refused by its type`() async throws {
        try await AdminUnderTest.run { test async throws in
            let browser = try await test.signIn()
            for type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
                let answer = try await test.send(
                    "POST", "/manage/v1/keys", #"{"name":"k"}"#, headers: browser + [("content-type", type)])
                #expect(answer.status == 415, "\(type)")
            }
            let foreign = try await test.send(
                "POST", "/manage/v1/auth/sign-in", #"{"token":"x"}"#, headers: [("origin", "http://evil.example")])
            #expect(foreign.status == 403, "nobody is signed in by a page of another site")
        }
    }

    @Test func `a session ends by signing out, after half an hour without use, and after twelve hours`() async throws {
        try await AdminUnderTest.run { test async throws in
            let path = "/manage/v1/auth/session"
            let first = try await test.signIn()
            let out = try await test.send("POST", "/manage/v1/auth/sign-out", headers: first)
            #expect(out.status == 200 && out.header("set-cookie")?.contains("Max-Age=0") == true)
            #expect(try await test.send("GET", path, headers: first).status == 401)

            let idle = try await test.signIn()
            test.clock.advance(seconds: 29 * 60)
            #expect(try await test.send("GET", path, headers: idle).status == 200)
            test.clock.advance(seconds: 29 * 60)
            #expect(try await test.send("GET", path, headers: idle).status == 200)
            test.clock.advance(seconds: 30 * 60)
            #expect(try await test.send("GET", path, headers: idle).status == 401)

            let long = try await test.signIn()
            for _ in 0..<36 {
                #expect(try await test.send("GET", path, headers: long).status == 200)
                test.clock.advance(seconds: 20 * 60)
            }
            #expect(try await test.send("GET", path, headers: long).status == 401)
        }
    }

    @Test func `a clock that jumps back does not lengthen a session`() async throws {
        try await AdminUnderTest.run { test async throws in
            let browser = try await test.signIn()
            test.clock.advance(seconds: -7200)
            #expect(try await test.send("GET", "/manage/v1/auth/session", headers: browser).status == 401)
        }
    }

    @Test func `a key has no session`() async throws {
        try await AdminUnderTest.run { test async throws in
            #expect(try await test.manage("GET", "auth/session").status == 401)
        }
    }
}
