import ModeluxCore
import ModeluxStore
import Testing

@testable import ModeluxAdmin

/// Rows of request and answer for each noun, in one story per noun.
struct NounTests {
    @Test func `projects from first to last`() async throws {
        try await AdminUnderTest.run { test async throws in
            let made = try await test.manage("POST", "projects", #"{"name":"Team ML 2"}"#)
            #expect(made.status == 201 && made.data["slug"]?.stringValue == "team-ml-2")
            let id = try #require(made.data["id"]?.stringValue)
            #expect(id.hasPrefix("proj_") && id.utf8.count == 25)
            #expect(try await test.manage("GET", "projects/team-ml-2").data == made.data)
            let config = try await test.manage("GET", "routing-configs?project_id=\(id)").json["data"]?.arrayValue
            #expect(config?.map { $0["slug"]?.stringValue } == ["default"])
            let changed = try await test.manage(
                "PATCH", "projects/\(id)", #"{"settings":{"auto_resolve_bare_model":false}}"#)
            #expect(changed.data["settings"]?["auto_resolve_bare_model"]?.boolValue == false)
            #expect(changed.data["settings"]?["store_bodies"]?.boolValue == true)
            let key = try await test.manage("POST", "keys", #"{"project_id":"\#(id)","name":"k"}"#)
            let digest = SecretMaker.digest(of: key.data["secret"]?.stringValue ?? "")
            #expect(test.store.snapshot.callers[digest] != nil)
            #expect(try await test.manage("DELETE", "projects/\(id)").data["deleted_at"]?.stringValue != nil)
            #expect(test.store.snapshot.callers[digest] == nil, "its keys stop working with it")
            #expect(try await test.manage("GET", "projects/\(id)").status == 404)
            #expect(try await test.manage("GET", "projects").json["data"]?.arrayValue?.count == 1)
            #expect(try await test.manage("GET", "projects?include_deleted=true").json["data"]?.arrayValue?.count == 2)
            #expect(try await test.manage("POST", "projects", #"{"name":"Team ML 2"}"#).status == 201)
            let last = try await test.manage("DELETE", "projects/team-ml-2")
            #expect(last.status == 200)
            #expect(try await test.manage("DELETE", "projects/default").code == "conflict")
        }
    }

    @Test func `keys from first to last`() async throws {
        try await AdminUnderTest.run { test async throws in
            let made = try await test.manage(
                "POST", "keys",
                #"{"name":"app","allowed_models":["openai/gpt-4o"],"allowed_ips":["10.0.0.0/8"],"rate_limit":0}"#)
            #expect(made.status == 201)
            let secret = try #require(made.data["secret"]?.stringValue)
            let id = try #require(made.data["id"]?.stringValue)
            #expect(secret.hasPrefix("mlx_sk_") && secret.utf8.count == 50)
            let shown = try await test.manage("GET", "keys/\(id)")
            #expect(shown.data["secret"] == nil && !shown.text.contains(secret))
            #expect(shown.data["display"]?.stringValue == "mlx_sk_…\(secret.suffix(4))")
            let key = try #require(test.store.snapshot.callers[SecretMaker.digest(of: secret)]?.key)
            #expect(key.requestsPerMinute == 0 && key.allowedModels == ["openai/gpt-4o"])

            let changed = try await test.manage("PATCH", "keys/\(id)", #"{"rate_limit":5,"allowed_ips":null}"#)
            #expect(changed.data["rate_limit"]?.integerValue == 5)
            #expect(test.store.snapshot.callers[key.digest]?.key.requestsPerMinute == 5)
            #expect(test.store.snapshot.callers[key.digest]?.key.allowedAddresses == [])

            let rotated = try await test.manage("POST", "keys/\(id)/rotate", #"{"overlap_seconds":60}"#)
            let second = try #require(rotated.data["secret"]?.stringValue)
            #expect(rotated.data["id"]?.stringValue == id && second != secret)
            let old = try #require(test.store.snapshot.callers[key.digest])
            #expect(throws: Never.self) { try old.validate(at: test.clock.now) }
            #expect(throws: Failure.self) { try old.validate(at: test.clock.now.advanced(byMicroseconds: 61_000_000)) }
            let new = try #require(test.store.snapshot.callers[SecretMaker.digest(of: second)])
            #expect(throws: Never.self) { try new.validate(at: test.clock.now.advanced(byMicroseconds: 61_000_000)) }

            #expect(try await test.manage("DELETE", "keys/\(id)").data["revoked_at"]?.stringValue != nil)
            let revoked = try #require(test.store.snapshot.callers[new.key.digest])
            #expect(throws: Failure.self) { try revoked.validate(at: test.clock.now) }
            #expect(try await test.manage("POST", "keys/\(id)/rotate").code == "conflict")
        }
    }

    @Test(arguments: [
        (#"{}"#, ["name"]), (#"{"name":""}"#, ["name"]), (#"{"name":"a\u0000b"}"#, ["name"]),
        (#"{"name":5}"#, ["name"]),
        (#"{"name":"k","rate_limit":-1}"#, ["rate_limit"]), (#"{"name":"k","rate_limit":1.5}"#, ["rate_limit"]),
        (#"{"name":"k","allowed_ips":["10.0.0.0/33"]}"#, ["allowed_ips"]),
        (#"{"name":"k","allowed_models":"gpt"}"#, ["allowed_models"]),
        (#"{"name":"k","expires_at":"tomorrow"}"#, ["expires_at"]),
        (#"{"name":"k","expires_at":"2001-01-01T00:00:00Z"}"#, ["expires_at"]),
        (#"{"name":"k","secret":"mine","id":"key_x","rate_limit":"no"}"#, ["rate_limit", "secret", "id"]),
    ])
    func `a key that cannot be is 422 and every field is named`(body: String, fields: [String]) async throws {
        try await AdminUnderTest.run { test async throws in
            let answer = try await test.manage("POST", "keys", body)
            #expect(answer.status == 422 && answer.code == "validation_failed")
            #expect(answer.fields == fields, "\(answer.text)")
            #expect(try await test.manage("GET", "keys").json["data"]?.arrayValue?.isEmpty == true)
        }
    }

    @Test func `providers from first to last`() async throws {
        try await AdminUnderTest.run { test async throws in
            let made = try await test.manage(
                "POST", "providers",
                #"{"vendor":"openai","name":"main","api_key":"sk-canary-123456","base_url":"http://127.0.0.1:9/@openai/v1/"}"#
            )
            #expect(made.status == 201 && made.data["base_url"]?.stringValue == "http://127.0.0.1:9/@openai/v1")
            #expect(made.data["credential"]?.stringValue == "…3456")
            let id = try #require(made.data["id"]?.stringValue)
            #expect(test.store.snapshot.providers["main"]?.credential?.reveal() == "sk-canary-123456")
            let changed = try await test.manage(
                "PATCH", "providers/main", #"{"api_key":"sk-canary-new-789","is_default":true}"#)
            #expect(changed.data["is_default"]?.boolValue == true)
            #expect(test.store.snapshot.provider("openai")?.credential?.reveal() == "sk-canary-new-789")
            let kept = try await test.manage("PATCH", "providers/\(id)", #"{"models":["m"],"base_url":null}"#)
            #expect(kept.data["base_url"] == .null)
            #expect(test.store.snapshot.providers["main"]?.credential?.reveal() == "sk-canary-new-789")

            let config = try await test.manage(
                "PATCH", "routing-configs/default", #"{"strategy":"single","model":"main/m"}"#)
            #expect(config.status == 200 && config.data["version"]?.integerValue == 2)
            let refused = try await test.manage("DELETE", "providers/main")
            #expect(refused.code == "conflict" && refused.message.contains("@default"))
            #expect(try await test.manage("PATCH", "providers/main", #"{"name":"other"}"#).code == "conflict")
            _ = try await test.manage(
                "PATCH", "routing-configs/default", #"{"policy":"single","config":{"model":"sandbox/echo"}}"#)
            #expect(try await test.manage("DELETE", "providers/main").status == 200)
            #expect(test.store.snapshot.providers["main"] == nil)
            let names = try await test.manage("GET", "providers").json["data"]?.arrayValue?.map {
                $0["name"]?.stringValue
            }
            #expect(names == ["sandbox"])
            #expect(try await test.manage("DELETE", "providers/sandbox").code == "conflict")
        }
    }

    @Test(arguments: [
        (#"{"name":"x","api_key":"k"}"#, "vendor"), (#"{"vendor":"nobody","api_key":"k"}"#, "vendor"),
        (#"{"vendor":"openai"}"#, "api_key"), (#"{"vendor":"openai","api_key":""}"#, "api_key"),
        (#"{"vendor":"openai","api_key":"a\r\nx-evil: 1"}"#, "api_key"),
        (#"{"vendor":"openai","api_key":"k","name":"Bad Name"}"#, "name"),
        (#"{"vendor":"openai","api_key":"k","name":"groq"}"#, "name"),
        (#"{"vendor":"openai","api_key":"k","name":"a/b"}"#, "name"),
        (#"{"vendor":"openai_compatible","name":"x"}"#, "base_url"),
        (#"{"vendor":"openai","api_key":"k","base_url":"ftp://a"}"#, "base_url"),
        (#"{"vendor":"openai","api_key":"k","base_url":"https://user:pass@a.example/v1"}"#, "base_url"),
        (#"{"vendor":"openai","api_key":"k","base_url":"https:///v1"}"#, "base_url"),
        (#"{"vendor":"openai","api_key":"k","base_url":"http://a:0"}"#, "base_url"),
        (#"{"vendor":"openai","api_key":"k","base_url":"http://a b"}"#, "base_url"),
        (#"{"vendor":"openai","api_key":"k","base_url":"http://a/?q=1"}"#, "base_url"),
        (#"{"vendor":"openai","api_key":"k","base_url":"file:///etc/passwd"}"#, "base_url"),
        (#"{"vendor":"openai","api_key":"k","models":[1]}"#, "models"),
        (#"{"vendor":"openai","api_key":"k","extra":{"api_key":"nested"}}"#, "extra"),
    ])
    func `a provider that cannot be is 422 and the field is named`(body: String, field: String) async throws {
        try await AdminUnderTest.run { test async throws in
            let answer = try await test.manage("POST", "providers", body)
            #expect(answer.status == 422, "\(answer.text)")
            #expect(answer.fields.contains(field), "\(answer.text)")
        }
    }

    @Test func `routing configs have versions, two input forms and checks`() async throws {
        try await AdminUnderTest.run { test async throws in
            let made = try await test.manage(
                "POST", "routing-configs",
                #"{"slug":"fast","strategy":"single","model":"sandbox/lorem","timeoutMs":500}"#)
            #expect(made.status == 201 && made.data["config"]?["timeout_ms"]?.integerValue == 500, "\(made.text)")
            for body in [
                #"{"strategy":"single","model":"nobody/x"}"#, #"{"strategy":"single","model":"sandbox/nothing"}"#,
                #"{"strategy":"single"}"#, #"{"strategy":"magic","model":"sandbox/echo"}"#,
                #"{"policy":"single","config":{"model":"sandbox/echo","speed":1}}"#, #"{"policy":"single"}"#,
                #"{"strategy":"single","model":"@fast"}"#, #"{"strategy":"single","config":"nowhere"}"#,
                #"{"strategy":"fallback","models":[]}"#,
                #"{"strategy":"custom_rules","rules":[{"if":"x","then":"y"}]}"#,
                #"{"strategy":"single","model":"sandbox/echo","provider_credential_id":"prov_none"}"#,
                #"{"strategy":"single","model":"sandbox/echo","timeouts":{"total_ms":0}}"#,
            ] {
                let answer = try await test.manage("PATCH", "routing-configs/fast", body)
                #expect(answer.status == 422 && !answer.fields.isEmpty, "\(body): \(answer.text)")
            }
            _ = try await test.manage("PATCH", "routing-configs/fast", #"{"strategy":"single","model":"sandbox/echo"}"#)
            let versions = try await test.manage("GET", "routing-configs/fast/versions").json["data"]?.arrayValue
            #expect(versions?.map { $0["version"]?.integerValue } == [2, 1])
            #expect(versions?.last?["config"]?["model"]?.stringValue == "sandbox/lorem")
            let diff = try await test.manage("GET", "routing-configs/fast/diff?from=1&to=2").data
            #expect(
                diff["changes"]?.arrayValue?.compactMap { $0["path"]?.stringValue } == [
                    "config.model", "config.timeout_ms",
                ])
            let back = try await test.manage("POST", "routing-configs/fast/rollback", #"{"version":1}"#)
            #expect(back.status == 200 && back.data["version"]?.integerValue == 3)
            #expect(back.data["config"]?["model"]?.stringValue == "sandbox/lorem")
            #expect(try await test.manage("POST", "routing-configs/fast/rollback", #"{"version":9}"#).status == 404)
            #expect(try await test.manage("DELETE", "routing-configs/default").code == "conflict")
            #expect(try await test.manage("DELETE", "routing-configs/fast").status == 200)
            #expect(try await test.manage("GET", "routing-configs/fast").status == 404)
        }
    }

    @Test func `configs that name each other are refused with the way round, and used ones stay`() async throws {
        try await AdminUnderTest.run { test async throws in
            func save(_ method: String, _ path: String, _ body: String) async throws -> AdminUnderTest.Answer {
                try await test.manage(method, path, body)
            }
            _ = try await save(
                "POST", "routing-configs", #"{"slug":"one","strategy":"fallback","models":["sandbox/echo"]}"#)
            let two = try await save(
                "POST", "routing-configs",
                #"{"slug":"two","strategy":"fallback_chain","models":["sandbox/echo","@one"]}"#)
            #expect(two.status == 201, "\(two.text)")
            let round = try await save(
                "PATCH", "routing-configs/one", #"{"strategy":"fallback","models":["sandbox/echo",{"config":"@two"}]}"#)
            #expect(round.status == 422 && round.fields == ["config.models[1]"], "\(round.text)")
            #expect(round.message.contains("@one → @two → @one"))
            #expect(try await test.manage("DELETE", "routing-configs/one").code == "conflict")
        }
    }

    @Test func `a plan is told and priced without a call`() async throws {
        try await AdminUnderTest.run { test async throws in
            _ = try await test.manage(
                "POST", "routing-configs",
                #"{"slug":"rules","strategy":"custom_rules","rules":[{"if":"tags.team == 'a'","then":"sandbox/echo"},"#
                    + #"{"else":{"block":"only team a"}}]}"#)
            let asked = try await test.manage(
                "POST", "routing-configs/rules/estimate", #"{"tags":{"team":"a"},"requests":10}"#, as: .viewer)
            #expect(asked.status == 200, "\(asked.text)")
            #expect(asked.data["candidates"]?.arrayValue?.first?["target"]?.stringValue == "sandbox/echo")
            #expect(asked.data["rules"]?.arrayValue?.first?["matched"] == .bool(true))
            let blocked = try await test.manage(
                "POST", "dry-run", #"{"request":{"model":"@rules","messages":[{"role":"user","content":"hi"}]}}"#)
            #expect(blocked.data["refusal"]?.stringValue == "only team a", "\(blocked.text)")
            let draft = try await test.manage(
                "POST", "routing-configs/rules/estimate", #"{"strategy":"single","model":"sandbox/lorem"}"#)
            #expect(draft.data["candidates"]?.arrayValue?.first?["target"]?.stringValue == "sandbox/lorem")
            #expect(try await test.manage("POST", "dry-run", #"{"request":{"model":"@none"}}"#).status == 404)
            let health = try await test.manage("GET", "providers/sandbox/health")
            #expect(health.status == 200 || health.status == 404, "\(health.text)")
        }
    }

    @Test func `the audit log has every write, chained, with secrets masked`() async throws {
        try await AdminUnderTest.run { test async throws in
            _ = try await test.manage(
                "POST", "providers", #"{"vendor":"groq","api_key":"gsk-canary-secret-value"}"#, as: .admin)
            let entry = try #require(try await test.manage("GET", "audit?limit=1").json["data"]?.arrayValue?.first)
            #expect(entry["action"]?.stringValue == "provider.created")
            #expect(entry["author"]?["name"]?.stringValue == "admin")
            #expect(entry["author"]?["address"]?.stringValue == "127.0.0.1")
            #expect(entry["after"]?["api_key"]?.stringValue == "…alue")
            let verified = try await test.manage("GET", "audit/verify")
            #expect(verified.data["intact"]?.boolValue == true)
            #expect(verified.data["entries"]?.integerValue == entry["sequence"]?.integerValue)
        }
    }

    @Test func `lists page by cursor without gap or repeat`() async throws {
        try await AdminUnderTest.run { test async throws in
            for number in 0..<7 {
                _ = try await test.manage("POST", "keys", #"{"name":"k\#(number)"}"#)
                if number % 2 == 0 { test.clock.advance(seconds: 1) }
            }
            var names: [String] = []
            var cursor = ""
            repeat {
                let page = try await test.manage("GET", "keys?limit=2\(cursor)").json
                names += page["data"]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
                #expect(page["has_more"]?.boolValue == (page["next_cursor"] != .null))
                cursor = page["next_cursor"]?.stringValue.map { "&cursor=\($0)" } ?? ""
            } while !cursor.isEmpty
            #expect(names.count == 7 && Set(names).count == 7)
        }
    }

    @Test(arguments: [
        "limit=0", "limit=201", "limit=x", "cursor=nonsense", "cursor=1.", "colour=red", "limit=1&limit=2",
    ])
    func `a query that does not read is 422 and named`(query: String) async throws {
        try await AdminUnderTest.run { test async throws in
            let answer = try await test.manage("GET", "keys?\(query)")
            #expect(answer.status == 422)
            #expect(answer.fields == [String(query.prefix { $0 != "=" })])
        }
    }

    @Test(arguments: [
        ("{", 400), ("[]", 422), ("nonsense", 400), (#"{"name":"a","name":"b"}"#, 400), (#"{"name":"\ud800"}"#, 400),
        (String(repeating: "[", count: 100_000), 400), (#"{"name":1e999999}"#, 422),
        (#"{"name":"\#(String(repeating: "a", count: 2 << 20))"}"#, 413),
    ])
    func `a body that is no object is refused`(body: String, status: Int) async throws {
        try await AdminUnderTest.run { test async throws in
            #expect(try await test.manage("POST", "keys", body).status == status)
            #expect(try await test.manage("GET", "keys").status == 200, "the next request works")
        }
    }

    @Test func `a write is repeated safely with an idempotency key`() async throws {
        try await AdminUnderTest.run { test async throws in
            let header = [("idempotency-key", "abc")]
            let first = try await test.manage("POST", "keys", #"{"name":"once"}"#, headers: header)
            let again = try await test.manage("POST", "keys", #"{"name":"once"}"#, headers: header)
            #expect(again.text == first.text && again.status == 201)
            #expect(again.header("idempotent-replayed") == "true" && first.header("idempotent-replayed") == nil)
            #expect(try await test.manage("POST", "keys", #"{"name":"other"}"#, headers: header).status == 409)
            #expect(
                try await test.manage("POST", "keys", #"{"name":"once"}"#, as: .admin, headers: header).status == 201)
            #expect(try await test.manage("GET", "keys").json["data"]?.arrayValue?.count == 2)
        }
    }
}
