import Crypto
import ModeluxCore
import ModeluxStore

/// Decides who a request comes from: a management key, a dashboard session, or the local socket, whose file's
/// permission is the authentication. There is no fourth way and no way to switch it off.
struct Access: Sendable {
    /// The header that repeats the session's token on writes, which a page of another site cannot know.
    static let csrfHeader = "x-modelux-csrf"
    let store: ControlStore
    let limiter: RequestLimiter
    let cookies: SessionCookie

    /// Who a request comes from.
    struct Identity: Sendable {
        let author: Author
        /// The session, if it came by cookie.
        let session: Session?
        /// What writes of that session must repeat.
        let csrfToken: String?
        /// What the limit of the key leaves; nil without a limit.
        let standing: RequestLimiter.Standing?

        init(
            author: Author, session: Session? = nil, csrfToken: String? = nil,
            standing: RequestLimiter.Standing? = nil
        ) {
            self.author = author
            self.session = session
            self.csrfToken = csrfToken
            self.standing = standing
        }
    }

    /// - Throws: `Failure` of status 401, 403 or 429.
    func identify(_ request: AdminRequest, now: Timestamp) throws(Failure) -> Identity {
        if request.isLocal { return Identity(author: .local) }
        guard !request.repeats("authorization") else {
            throw Failure(.invalidKey, "the Authorization header is given more than once: send one")
        }
        if let header = request.header("authorization") { return try identify(key: header, request, now: now) }
        if let cookie = request.cookie(cookies.name) { return try identify(cookie: cookie, request, now: now) }
        throw Failure(
            .missingKey, "no management key: send Authorization: Bearer mlx_mk_…, or sign in to the dashboard")
    }

    /// The token that writes of a session must repeat: made from the cookie, so that nothing more is stored.
    static func csrfToken(cookie: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("modelux/csrf/v1".utf8), using: SymmetricKey(data: Array(cookie.utf8)))
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: code.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private func identify(key header: String, _ request: AdminRequest, now: Timestamp) throws(Failure) -> Identity {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw Failure(.invalidKey, "the Authorization header must read: Bearer mlx_mk_…")
        }
        guard !parts[1].hasPrefix(APIKey.prefix) else {
            throw Failure(.invalidKey, "this is a project key (mlx_sk_…): management takes a management key (mlx_mk_…)")
        }
        guard let key = store.access.managementKeys[SecretMaker.digest(of: parts[1])] else {
            throw Failure(.invalidKey, "the management key is not known: check it, or make a new one")
        }
        guard key.revokedAt == nil else {
            throw Failure(.revokedKey, "the management key \(key.display) was revoked: use another one")
        }
        if let expiresAt = key.expiresAt, expiresAt <= now {
            throw Failure(.expiredKey, "the management key \(key.display) expired at \(expiresAt.iso8601)")
        }
        let author = Author(kind: .key, id: key.id.text, name: key.name, role: key.role, address: request.address)
        let standing = try limiter.admit(key.id.text, limit: key.requestsPerMinute)
        return Identity(author: author, standing: standing)
    }

    private func identify(cookie: String, _ request: AdminRequest, now: Timestamp) throws(Failure) -> Identity {
        guard let session = store.access.sessions[SecretMaker.digest(of: cookie)], session.isAlive(at: now) else {
            throw Failure(.invalidKey, "the session has ended: sign in again")
        }
        if !request.isSafe {
            try Access.refuseForeign(request)
            let expected = SecretMaker.digest(of: Access.csrfToken(cookie: cookie))
            guard let given = request.header(Access.csrfHeader), SecretMaker.digest(of: given) == expected else {
                throw Failure(
                    .roleForbidden, "a write by session must repeat the session's csrf_token in X-Modelux-Csrf")
            }
        }
        let author = Author(
            kind: .user, id: session.user.id.text, name: session.user.name, role: session.user.role,
            address: request.address)
        return Identity(author: author, session: session, csrfToken: Access.csrfToken(cookie: cookie))
    }

    /// Refuses what a browser says comes from another site.
    static func refuseForeign(_ request: AdminRequest) throws(Failure) {
        if let site = request.header("sec-fetch-site"), site != "same-origin", site != "none" {
            throw Failure(.roleForbidden, "this request comes from another site")
        }
        if let origin = request.header("origin"), !HostGuard.isSameOrigin(origin, authority: request.authority) {
            throw Failure(.roleForbidden, "this request comes from another site")
        }
    }
}
