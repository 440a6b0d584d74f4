import ModeluxCore
import ModeluxGateway
import ModeluxHTTP
import ModeluxTestSupport
import NIOPosix
import Testing

@Suite
struct MessagesTests {
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    @Test(arguments: ["/v1/messages", "/anthropic/v1/messages", "/anthropic/v1/v1/messages", "/v1/v1/messages"])
    func `a message comes through byte for byte on every path`(path: String) async throws {
        let provider = try await FakeProvider(on: group) { _, _ in .whole(200, Fixture.messagesAnswer) }
        let gateway = try await GatewayHarness(providers: [Fixture.anthropic(at: provider.baseURL)])
        let reply = try await gateway.send("POST", path + "?beta=true", Fixture.messagesQuestion)
        #expect(reply.status == 200)
        #expect(reply.body == Fixture.messagesAnswer)
        let seen = try #require(provider.requests.first)
        #expect(seen.target == "/v1/messages?beta=true")
        #expect(
            seen.body
                == #"{"model":"claude-haiku-4-5","max_tokens":100,"messages":[{"role":"user","content":"hi"}]}"#)
        #expect(seen.headers.first("x-api-key") == "sk-ant-provider-secret")
        #expect(seen.headers.first("anthropic-version") == "2023-06-01")
        #expect(!seen.headers.contains("authorization"))
        let record = try #require(gateway.records.records.first)
        #expect(record.surface == .anthropic)
        #expect(record.endpoint == "messages")
        #expect(record.usage == Usage(input: 600, cachedInput: 400, output: 100))
        // 600 × 1 + 400 × 0.5 + 100 × 5, each per million dollars
        #expect(record.cost.total == Money(usd: "0.0013"))
        await gateway.stop()
        await provider.stop()
    }

    @Test
    func `a stream of messages comes through event for event, priced by its last usage`() async throws {
        let provider = try await FakeProvider(on: group) { _, _ in .events(Fixture.messagesEvents) }
        let gateway = try await GatewayHarness(providers: [Fixture.anthropic(at: provider.baseURL)])
        let body = Fixture.messagesQuestion.replacing(#""max_tokens""#, with: #""stream":true,"max_tokens""#)
        let reply = try await gateway.send("POST", "/v1/messages", body)
        #expect(reply.body == Fixture.messagesEvents.joined())
        #expect(reply.isWhole)
        let record = try #require(gateway.records.records.first)
        #expect(record.isStream)
        #expect(record.usage == Usage(input: 1000, output: 100))
        #expect(record.attempts.map(\.outcome) == [.success])
        await gateway.stop()
        await provider.stop()
    }

    @Test
    func `a stream of messages that breaks off ends in one error event of Anthropic's shape`() async throws {
        let provider = try await FakeProvider(on: group) { _, _ in
            .events(Array(Fixture.messagesEvents.prefix(4)), isCut: true)
        }
        let gateway = try await GatewayHarness(providers: [Fixture.anthropic(at: provider.baseURL)])
        let body = Fixture.messagesQuestion.replacing(#""max_tokens""#, with: #""stream":true,"max_tokens""#)
        let reply = try await gateway.send("POST", "/v1/messages", body)
        let head = Fixture.messagesEvents.prefix(4).joined()
        #expect(reply.body.hasPrefix(head))
        #expect(reply.body.dropFirst(head.count).hasPrefix("event: error\ndata: {\"type\":\"error\",\"error\":{"))
        let record = try #require(gateway.records.records.first)
        #expect(record.attempts.map(\.outcome) == [.connectionError])
        #expect(record.usage.isEstimated || record.usage.input == 1000)
        await gateway.stop()
        await provider.stop()
    }

    @Test(arguments: [
        ("/v1/messages", "mlx_sk_wrong", 401, #""type":"authentication_error""#),
        ("/anthropic/v1/nothing", GatewayHarness.secret, 404, #""type":"not_found_error""#),
        ("/v1/messages", GatewayHarness.secret, 400, #""type":"invalid_request_error""#),
    ])
    func `a caller of Anthropic's surface is refused in its shape`(
        path: String, key: String, status: Int, type: String
    ) async throws {
        let gateway = try await GatewayHarness()
        let reply = try await gateway.send("POST", path, "{}", key: nil, headers: [("x-api-key", key)])
        #expect(reply.status == status)
        #expect(reply.body.hasPrefix(#"{"type":"error","error":{"#))
        #expect(reply.body.contains(type))
        #expect(reply.body.contains("\"request_id\":\"\(reply.headers.first("x-modelux-request-id") ?? "-")\""))
        await gateway.stop()
    }

    @Test
    func `the models are listed in the shape of the caller`() async throws {
        let gateway = try await GatewayHarness()
        let list = try await gateway.send("GET", "/anthropic/v1/models")
        #expect(list.body.hasPrefix(#"{"data":[{"type":"model","id":"@default","#))
        #expect(list.body.contains(#""has_more":false,"first_id":"@default""#))
        let alias = try await gateway.send("GET", "/v1/models", headers: [("anthropic-version", "2023-06-01")])
        #expect(alias.body == list.body)
        let openAI = try await gateway.send("GET", "/v1/models")
        #expect(openAI.body.hasPrefix(#"{"object":"list","data":[{"id":"@default","object":"model""#))
        await gateway.stop()
    }

    @Test
    func `tokens are counted by Anthropic where it can be asked, else here, and cost nothing`() async throws {
        let provider = try await FakeProvider(on: group) { _, _ in .whole(200, #"{"input_tokens":42}"#) }
        let gateway = try await GatewayHarness(providers: [Fixture.anthropic(at: provider.baseURL)])
        let counted = try await gateway.send("POST", "/v1/messages/count_tokens", Fixture.messagesQuestion)
        #expect(counted.body == #"{"input_tokens":42}"#)
        #expect(provider.requests.first?.target == "/v1/messages/count_tokens")
        let question = Fixture.messagesQuestion.replacing("anthropic/claude-haiku-4-5", with: "sandbox/echo")
        let estimated = try await gateway.send("POST", "/v1/messages/count_tokens", question)
        #expect(estimated.status == 200)
        #expect(estimated.body.hasPrefix(#"{"input_tokens":"#))
        #expect(gateway.records.records.map(\.cost.total) == [.zero, .zero])
        #expect(gateway.records.records.map(\.usage) == [.none, .none])
        await gateway.stop()
        await provider.stop()
    }
}
