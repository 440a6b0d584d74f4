import ModeluxCore
import ModeluxStore

/// `auth`: sign-in by one-time link, the session, sign-out.
struct AuthAPI: Sendable {
    /// Attempts to sign in a minute from one address.
    private static let attemptsPerMinute = 10
    let store: ControlStore
    let cookies: SessionCookie
    let limiter: RequestLimiter
    /// Where a browser uses a token.
    let signInURL: @Sendable (Secret) -> String

    /// Also `auth/setup`: the first link and every later one are the same thing.
    func signIn(_ exchange: Exchange) async throws -> Reply {
        _ = try limiter.admit("sign-in " + (exchange.author.address ?? "local"), limit: Self.attemptsPerMinute)
        var fields = try exchange.fields()
        let token = fields.requiredText("token")
        try fields.finish()
        let address = exchange.author.address
        let session: Session
        let cookie: Secret
        do {
            (session, cookie) = try await store.write(as: exchange.author) { transaction in
                let user = try transaction.setupTokens.redeem(token)
                let author = Author(kind: .user, id: user.id.text, name: user.name, role: user.role, address: address)
                return try transaction.sessions.create(for: user, author: author)
            }
        } catch let refusal as Refusal {
            try await store.write(as: exchange.author) { try $0.audit.appendRefusedSignIn() }
            throw refusal
        }
        var reply = Self.reply(session, csrfToken: Access.csrfToken(cookie: cookie.reveal()))
        reply.headers.append(("set-cookie", cookies.start(cookie.reveal())))
        return reply
    }

    func signOut(_ exchange: Exchange) async throws -> Reply {
        if let session = exchange.session {
            try await store.write(as: exchange.author) { try $0.sessions.end(session) }
        }
        var reply = Reply.data { json in json.object { $0.member("signed_out", true) } }
        reply.headers.append(("set-cookie", cookies.end))
        return reply
    }

    /// - Throws: `Failure` of kind `missingKey` when the caller came by key: only a browser has a session.
    func session(_ exchange: Exchange) async throws -> Reply {
        guard let session = exchange.session, let csrfToken = exchange.csrfToken else {
            throw Failure(.missingKey, "there is no session: sign in to the dashboard")
        }
        return Self.reply(session, csrfToken: csrfToken)
    }

    /// Makes a sign-in link for the first owner.
    func makeLink(_ exchange: Exchange) async throws -> Reply {
        let (token, expiresAt) = try await store.write(as: exchange.author) { transaction in
            try transaction.setupTokens.create(for: try transaction.users.firstOwner())
        }
        return .data(status: 201) { json in
            json.object { json in
                json.member("url", signInURL(token))
                json.member("expires_at", expiresAt.iso8601)
            }
        }
    }

    private static func reply(_ session: Session, csrfToken: String) -> Reply {
        .data { json in
            json.object { json in
                json.key("user")
                json.object { json in
                    json.member("id", session.user.id.text)
                    json.member("name", session.user.name)
                }
                json.member("role", session.user.role.rawValue)
                json.member("csrf_token", csrfToken)
                json.member("expires_at", session.expiresAt.iso8601)
            }
        }
    }
}
