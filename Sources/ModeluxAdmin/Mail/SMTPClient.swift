import ModeluxCore
import NIOCore
import NIOPosix
import NIOSSL

/// Hands one mail to a mail server (RFC 5321): TLS first or STARTTLS, AUTH PLAIN or LOGIN, one recipient. Certificates
/// are verified, and neither a password nor a mail goes out before.
struct SMTPClient: Sendable {
    let server: MailServer
    let group: any EventLoopGroup
    /// How long the whole conversation may take.
    let timeout: Duration

    /// Hands a mail over.
    /// - Returns: The server's reply to the mail.
    /// - Throws: `MailFailure`.
    func send(_ message: MailMessage) async throws -> SMTPReply {
        let tls = try server.security == .none ? nil : NIOSSLContext(configuration: Self.configuration(server.roots))
        let channel = try await connect(tls)
        // A server that says nothing, or a word a minute, ends here.
        let deadline = channel.eventLoop.scheduleTask(in: TimeAmount(timeout)) {
            channel.pipeline.fireErrorCaught(MailFailure("the server took longer than \(timeout.components.seconds) s"))
        }
        defer {
            deadline.cancel()
            channel.close(promise: nil)
        }
        do {
            return try await withTaskCancellationHandler {
                try await converse(SMTPSession(channel: channel), tls, message)
            } onCancel: {
                channel.close(promise: nil)
            }
        } catch let error as MailFailure {
            throw error
        } catch {
            throw MailFailure("the connection to the mail server broke: \(ConnectionTrouble.words(error))")
        }
    }

    private func converse(
        _ session: SMTPSession, _ tls: NIOSSLContext?, _ message: MailMessage
    ) async throws -> SMTPReply {
        try await session.expect(220, "greeting", nil)
        var abilities = try await session.expect(250, "EHLO", "EHLO [127.0.0.1]")
        if let tls, server.security == .starttls {
            guard abilities.parameters(of: "STARTTLS") != nil else {
                throw MailFailure("the server does not offer STARTTLS: nothing was sent")
            }
            try await session.expect(220, "STARTTLS", "STARTTLS")
            try await session.startTLS(tls, host: server.host)
            abilities = try await session.expect(250, "EHLO", "EHLO [127.0.0.1]")
        }
        if let user = server.user { try await signIn(session, abilities, user, try server.password()) }
        try await session.expect(250, "MAIL FROM", "MAIL FROM:<\(message.from)>")
        try await session.expect(250, "RCPT TO", "RCPT TO:<\(message.to)>")
        try await session.expect(354, "DATA", "DATA")
        let reply = try await session.expect(250, "the mail", Self.stuffed(message.text) + ".")
        // The mail is the server's now; how it says goodbye changes nothing.
        _ = try? await session.expect(221, "QUIT", "QUIT")
        return reply
    }

    private func signIn(
        _ session: SMTPSession, _ abilities: SMTPReply, _ user: String, _ password: Secret
    ) async throws {
        let ways = abilities.parameters(of: "AUTH") ?? []
        if ways.contains("PLAIN") {
            try await session.expect(235, "AUTH", "AUTH PLAIN " + Base64.text("\0\(user)\0\(password.reveal())"))
        } else if ways.contains("LOGIN") {
            try await session.expect(334, "AUTH", "AUTH LOGIN")
            try await session.expect(334, "AUTH", Base64.text(user))
            try await session.expect(235, "AUTH", Base64.text(password.reveal()))
        } else {
            throw MailFailure("the server offers neither AUTH PLAIN nor AUTH LOGIN")
        }
    }

    private func connect(_ tls: NIOSSLContext?) async throws -> any Channel {
        let server = server
        let bootstrap = ClientBootstrap(group: group)
            .connectTimeout(TimeAmount(timeout))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls, server.security == .tls {
                        try channel.pipeline.syncOperations.addHandler(SMTPSession.handler(tls, host: server.host))
                    }
                    try channel.pipeline.syncOperations.addHandler(SMTPConversation())
                }
            }
        do {
            return try await bootstrap.connect(host: server.host, port: server.port).get()
        } catch let error as MailFailure {
            throw error
        } catch {
            throw MailFailure("the mail server could not be reached: \(ConnectionTrouble.words(error))")
        }
    }

    private static func configuration(_ roots: [NIOSSLCertificate]) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = .fullVerification
        if !roots.isEmpty { configuration.additionalTrustRoots = [.certificates(roots)] }
        return configuration
    }

    /// A line that begins with a dot gets another one, so that none ends the mail early (RFC 5321, section 4.5.2).
    static func stuffed(_ text: String) -> String {
        var stuffed: [UInt8] = []
        var atStart = true
        for byte in text.utf8 {
            if atStart, byte == UInt8(ascii: ".") { stuffed.append(byte) }
            stuffed.append(byte)
            atStart = byte == UInt8(ascii: "\n")
        }
        return String(decoding: stuffed, as: UTF8.self)
    }
}

/// The commands of one connection.
struct SMTPSession: Sendable {
    let channel: any Channel

    /// Sends a line, or nothing, and waits for the reply.
    /// - Throws: `MailFailure` that names the step, never the line, which may hold a password.
    @discardableResult
    func expect(_ code: Int, _ step: String, _ line: String?) async throws -> SMTPReply {
        let bytes = line.map { ByteBuffer(string: $0 + "\r\n") }
        let channel = channel
        let reply = try await channel.eventLoop.flatSubmit {
            do {
                let handler = try channel.pipeline.syncOperations.handler(type: SMTPConversation.self)
                return handler.exchange(bytes, on: channel.eventLoop)
            } catch {
                return channel.eventLoop.makeFailedFuture(MailFailure("the server closed the connection"))
            }
        }.get()
        guard reply.code == code || (code == 250 && reply.isPositive) else {
            throw MailFailure("the server refused \(step): \(reply.text)", code: reply.code)
        }
        return reply
    }

    /// Goes on under TLS.
    func startTLS(_ tls: NIOSSLContext, host: String) async throws {
        let channel = channel
        try await channel.eventLoop.submit {
            let conversation = try channel.pipeline.syncOperations.handler(type: SMTPConversation.self)
            try conversation.startTLS(SMTPSession.handler(tls, host: host))
        }.get()
    }

    /// The TLS of a connection to `host`, whose certificate must name it. An IP address is not a name that TLS can ask
    /// for, but is verified all the same.
    static func handler(_ tls: NIOSSLContext, host: String) throws -> NIOSSLClientHandler {
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return try NIOSSLClientHandler(context: tls, serverHostname: isAddress ? nil : host)
    }
}

/// Base64 (RFC 4648) for SMTP's sign-in.
enum Base64 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func text(_ clear: String) -> String {
        let bytes = Array(clear.utf8)
        var encoded: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits = group.reduce(0) { $0 << 8 | Int($1) }
            bits <<= 8 * (3 - group.count)
            for position in 0..<4 {
                encoded.append(
                    position <= group.count ? digits[bits >> (18 - 6 * position) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}
