import NIOCore
import NIOSSL

/// One connection to a mail server: a command, its reply, the next command. What the server says unasked ends it: bytes
/// that were put in before STARTTLS could otherwise pass for answers under TLS (CVE-2011-0411 and its relatives).
final class SMTPConversation: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var parser = SMTPReplyParser()
    private var waiting: EventLoopPromise<SMTPReply>?
    /// The greeting, which may come before anybody asks for it.
    private var greeting = Greeting.due
    private var failure: (any Error)?
    private var context: ChannelHandlerContext?

    private enum Greeting {
        case due
        case early(SMTPReply)
        case taken
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// Sends bytes, or nothing, and waits for the reply.
    func exchange(_ bytes: ByteBuffer?, on loop: any EventLoop) -> EventLoopFuture<SMTPReply> {
        if let failure { return loop.makeFailedFuture(failure) }
        guard let context, waiting == nil else { return loop.makeFailedFuture(MailFailure("the connection is closed")) }
        if case .early(let reply) = greeting {
            greeting = .taken
            return loop.makeSucceededFuture(reply)
        }
        let promise = loop.makePromise(of: SMTPReply.self)
        waiting = promise
        if let bytes { context.writeAndFlush(wrapOutboundOut(bytes), promise: nil) }
        return promise.futureResult
    }

    /// Puts TLS under the conversation. Nothing may be half read: that would be plain text of unknown origin.
    func startTLS(_ tls: NIOSSLClientHandler) throws {
        if let failure { throw failure }
        guard let context, !parser.isInside, waiting == nil else { throw MailFailure("the server spoke before TLS") }
        try context.pipeline.syncOperations.addHandler(tls, position: .first)
        parser = SMTPReplyParser()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        for byte in buffer.readableBytesView {
            guard failure == nil else { return }
            guard waiting != nil || isGreetingDue else {
                return fail(MailFailure("the server spoke unasked"), context)
            }
            do throws(SMTPReplyParser.Violation) {
                if let reply = try parser.take(byte) { hand(reply) }
            } catch {
                return fail(MailFailure("the server's reply is no SMTP (\(error))"), context)
            }
        }
    }

    private var isGreetingDue: Bool {
        if case .due = greeting { true } else { false }
    }

    private func hand(_ reply: SMTPReply) {
        let promise = waiting
        waiting = nil
        if isGreetingDue { greeting = promise == nil ? .early(reply) : .taken }
        promise?.succeed(reply)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { fail(error, context) }

    func channelInactive(context: ChannelHandlerContext) {
        fail(MailFailure("the server closed the connection"), context)
    }

    private func fail(_ error: any Error, _ context: ChannelHandlerContext) {
        if failure == nil { failure = error }
        let promise = waiting
        waiting = nil
        promise?.fail(failure ?? error)
        context.close(promise: nil)
    }
}

/// Why a mail could not be handed over: one sentence without secrets.
struct MailFailure: Error, CustomStringConvertible {
    let description: String
    /// The code of the server's reply, if it was one.
    let code: Int?

    init(_ description: String, code: Int? = nil) {
        self.description = description
        self.code = code
    }
}
