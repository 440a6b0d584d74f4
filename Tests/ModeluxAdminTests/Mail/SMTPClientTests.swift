import ModeluxCore
import ModeluxStore
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import ModeluxAdmin

/// The client against servers that do what a script says. (A real one with TLS and sign-in is in the outside suites.)
struct SMTPClientTests {
    private func attempt(
        _ script: [(String, String)], security: Settings.Mail.Security = .none, to: String = "ops@b.example",
        user: String? = nil, patience: Duration = .seconds(20)
    ) async throws -> (DeliveryAttempt, [String]) {
        let server = try await ScriptedServer(script)
        var mail = Settings().mail
        mail.host = "127.0.0.1"
        mail.port = server.port
        mail.security = security
        mail.from = "modelux@a.example"
        mail.user = user
        mail.passwordFile = "/nonexistent"
        let mailer = Mailer(
            server: try #require(MailServer(mail, roots: [])), group: MultiThreadedEventLoopGroup.singleton,
            timeout: patience, clock: { Timestamp(microseconds: 0) })
        let event = AlertEvent(
            id: Identifier("evt_1"), type: "budget.exceeded", createdAt: Timestamp(microseconds: 0), data: "{}")
        let outcome = await mailer.send(event, to: to, id: Identifier("dlv_1"))
        try await server.close()
        return (outcome, server.seen)
    }

    private static let good = [
        ("", "220 hi\r\n"), ("EHLO ", "250-hi\r\n250 SIZE 1000\r\n"), ("MAIL FROM:<modelux@a.example>", "250 ok\r\n"),
        ("RCPT TO:<ops@b.example>", "250 ok\r\n"), ("DATA", "354 go\r\n"), (".", "250 queued as 7\r\n"),
        ("QUIT", "221 bye\r\n"),
    ]

    @Test func `a mail is handed over`() async throws {
        let (outcome, seen) = try await attempt(Self.good)
        #expect(outcome.isSuccess && outcome.status == 250 && outcome.answer == "250 queued as 7")
        #expect(seen.contains("Subject: [modelux] Budget  is exceeded") && seen.last == "QUIT")
    }

    @Test(arguments: [
        (1, "554 no\r\n", 554, "EHLO"), (2, "550 you may not\r\n", 550, "MAIL FROM"),
        (3, "550 unknown\r\n", 550, "RCPT TO"),
        (4, "451 later\r\n", 451, "DATA"), (5, "554 spam\r\n", 554, "the mail"),
        (0, "554 go away\r\n", 554, "greeting"),
    ])
    func `a refusal names its step and its code`(step: Int, reply: String, code: Int, name: String) async throws {
        var script = Self.good
        script[step].1 = reply
        let (outcome, _) = try await attempt(script)
        #expect(outcome.status == code && outcome.error?.contains("refused \(name)") == true, "\(outcome)")
    }

    @Test(
        arguments: [
            [("", "SSH-2.0-OpenSSH\r\n")], [("", String(repeating: "x", count: 5000))],
            [("", "220 hi\r\n220 again\r\n")],
            [("", "220 hi\r\n"), ("EHLO ", "250 ok\r\n250 early\r\n")], [("", "")], [],
            [("", "220 hi\r\n"), ("EHLO ", "")],
        ] as [[(String, String)]])
    func `what is no mail server is a failure, never a hang`(script: [(String, String)]) async throws {
        let (outcome, seen) = try await attempt(script, patience: .seconds(2))
        #expect(!outcome.isSuccess && outcome.error?.isEmpty == false)
        #expect(!seen.contains { $0.hasPrefix("MAIL") })
    }

    @Test func `without STARTTLS nothing but EHLO goes out`() async throws {
        let (outcome, seen) = try await attempt(Self.good, security: .starttls)
        #expect(outcome.error?.contains("does not offer STARTTLS") == true)
        #expect(seen.allSatisfy { $0.hasPrefix("EHLO") })
    }

    @Test func `plain text slipped in behind STARTTLS is never taken for an answer`() async throws {
        let injected = "220 go\r\n250-hi\r\n250 AUTH PLAIN\r\n235 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n250 ok\r\n"
        let (outcome, seen) = try await attempt(
            [("", "220 hi\r\n"), ("EHLO ", "250-hi\r\n250 STARTTLS\r\n"), ("STARTTLS", injected)], security: .starttls,
            user: "u")
        #expect(!outcome.isSuccess)
        #expect(!seen.contains { $0.hasPrefix("MAIL") || $0.hasPrefix("AUTH") })
    }

    @Test(arguments: ["a@b\r\nRCPT TO:<x@y.example>", "", "a b@c.example", "x@y.example>\r\nDATA"])
    func `an address that is none never reaches a server`(address: String) async throws {
        let (outcome, seen) = try await attempt(Self.good, to: address)
        #expect(outcome.error == "this is no mail address" && seen.isEmpty)
    }
}

/// Sends a reply for each line that begins as the script says; what comes in between is only noted.
private final class ScriptedServer: Sendable {
    private let channel: any Channel
    private let lines: Lines

    final class Lines: Sendable {
        private let state = Mutex<[String]>([])
        var all: [String] { state.withLock { $0 } }
        func add(_ line: String) { state.withLock { $0.append(line) } }
    }

    init(_ script: [(String, String)]) async throws {
        let lines = Lines()
        self.lines = lines
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(script, lines))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    var port: Int { channel.localAddress?.port ?? 0 }
    var seen: [String] { lines.all }
    func close() async throws { try await channel.close().get() }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private var script: [(String, String)]
        private let lines: Lines
        private var line: [UInt8] = []

        init(_ script: [(String, String)], _ lines: Lines) {
            self.script = script
            self.lines = lines
        }

        func channelActive(context: ChannelHandlerContext) { answer("", context) }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            for byte in unwrapInboundIn(data).readableBytesView {
                guard byte == UInt8(ascii: "\n") else {
                    line.append(byte)
                    continue
                }
                let text = String(decoding: line.dropLast(), as: UTF8.self)
                line = []
                lines.add(text)
                answer(text, context)
            }
        }

        private func answer(_ text: String, _ context: ChannelHandlerContext) {
            guard let next = script.first, text.hasPrefix(next.0) else { return }
            // The mail's own lines are no commands; its end is a dot alone.
            guard next.0 != "." || text == "." else { return }
            script.removeFirst()
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: next.1)), promise: nil)
        }
    }
}
