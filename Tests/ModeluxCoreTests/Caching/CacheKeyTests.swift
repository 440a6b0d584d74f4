import ModeluxCore
import Testing

struct CacheKeyTests {
    private static let place = CacheKey.Place(
        project: Identifier("proj_a"), config: Identifier("cfg_a"), version: 1, endpoint: "chat/completions")

    private static func bytes(_ text: String, _ change: (inout CacheKey.Place) -> Void = { _ in }) throws -> [UInt8] {
        var place = place
        change(&place)
        return CacheKey.bytes(of: try JSONTree(parsing: Array(text.utf8)), at: place)
    }

    private static let request = #"{"model":"@x","messages":[{"role":"user","content":"hi"}],"temperature":0}"#

    @Test(arguments: [
        #"{"temperature":0.0,"messages":[{"content":"hi","role":"user"}],"model":"@x"}"#,
        #"{"model":"@x","messages":[{"role":"user","content":"hi"}],"temperature":0e0,"user":"u1"}"#,
        #"{"model":"@x","messages":[{"role":"user","content":"hi"}],"temperature":0,"mlx:tags":{"a":"b"},"metadata":{}}"#,
    ])
    func `what says nothing about the answer makes no difference`(other: String) throws {
        #expect(try Self.bytes(Self.request) == Self.bytes(other))
    }

    @Test(arguments: [
        #"{"model":"@y","messages":[{"role":"user","content":"hi"}],"temperature":0}"#,
        #"{"model":"@x","messages":[{"role":"user","content":"ho"}],"temperature":0}"#,
        #"{"model":"@x","messages":[{"role":"user","content":"hi"}],"temperature":0,"stream":true}"#,
        #"{"model":"@x","messages":[{"role":"user","content":"hi","user":"x"}],"temperature":0}"#,
        #"{"model":"@x","messages":[{"role":"user","content":"hi"}],"temperature":0,"seed":1}"#,
        #"{"model":"@x","messages":[{"role":"user","content":"hi"}],"temperature":"0"}"#,
    ])
    func `what matters makes another key`(other: String) throws {
        #expect(try Self.bytes(Self.request) != Self.bytes(other))
    }

    @Test func `no entry crosses its place`() throws {
        let own = try Self.bytes(Self.request)
        #expect(try own != Self.bytes(Self.request) { $0.project = Identifier("proj_b") })
        #expect(try own != Self.bytes(Self.request) { $0.subject = "u1" })
        #expect(try own != Self.bytes(Self.request) { $0.config = Identifier("cfg_b") })
        #expect(try own != Self.bytes(Self.request) { $0.version = 2 })
        #expect(try own != Self.bytes(Self.request) { $0.endpoint = "embeddings" })
        #expect(try own != Self.bytes(Self.request) { $0.features = ["beta"] })
    }

    @Test(arguments: [
        (#"{"temperature":0.7}"#, false), (#"{"temperature":0}"#, true), ("{}", true), (#"{"tools":[]}"#, true),
        (#"{"tools":[{}]}"#, false), (#"{"n":2}"#, false), (#"{"n":1}"#, true), (#"{"functions":[{}]}"#, false),
    ])
    func `choices made anew are not cached`(request: String, isCached: Bool) throws {
        let tree = try JSONTree(parsing: Array(request.utf8))
        #expect((CachePolicy().objection(to: tree) == nil) == isCached)
        let open = CachePolicy(allowsTemperature: true, allowsTools: true)
        #expect((open.objection(to: tree) == nil) == (request != #"{"n":2}"#))
    }
}
