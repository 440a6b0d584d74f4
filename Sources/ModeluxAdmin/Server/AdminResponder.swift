import HTTPTypes
import Hummingbird
import Logging
import ModeluxCore
import ModeluxStore
import NIOCore

/// What Hummingbird knows of a request besides its head: where it came from.
struct AdminContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The caller's address; nil for the local socket.
    let address: String?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        address = source.channel.remoteAddress?.ipAddress
    }
}

/// Answers every request of a management listener, in this order: host, path, route, who, how often, what.
struct AdminResponder: HTTPResponder {
    /// Bodies of management requests have at most this many bytes.
    static let maximumBodyBytes = 1 << 20
    let isLocal: Bool
    let hosts: HostGuard
    let routes: RouteTable
    let access: Access
    let operations: OperationsAPI
    let dashboard: Dashboard
    let clock: @Sendable () -> Timestamp
    let logger: Logger

    func respond(to request: Request, context: AdminContext) async throws -> Response {
        let isHead = request.method == .head
        let reply: Reply
        do {
            reply = try await answer(request, address: context.address)
        } catch {
            reply = ProblemResponse.reply(to: error, logger: logger)
        }
        return response(reply, isHead: isHead)
    }

    private func answer(_ request: Request, address: String?) async throws -> Reply {
        guard isLocal || hosts.allows(request.head.authority) else {
            return .text("this host name is not served here\n", status: 421)
        }
        guard let path = RequestPath(request.head.path ?? "") else {
            throw Failure(.notFound, "the path is malformed")
        }
        let head = AdminRequest(
            method: request.method.rawValue, path: path, authority: request.head.authority, headers: request.headers,
            address: address, isLocal: isLocal)
        if let segments = path.management { return try await manage(head, segments, request) }
        if let reply = try operations.answer(head, access: access, now: clock()) { return reply }
        guard head.isSafe else {
            throw Failure(.notFound, "there is nothing to \(head.method) here: the API is under /manage/v1")
        }
        return try dashboard.answer(head)
    }

    private func manage(_ head: AdminRequest, _ segments: [String], _ request: Request) async throws -> Reply {
        let now = clock()
        let match = routes.match(head.method, segments)
        if case .route(let route, let parameters) = match, route.access == .open {
            if !head.isSafe { try Access.refuseForeign(head) }
            let author = Author(
                kind: isLocal ? .local : .anonymous, id: "anonymous", name: "anonymous", role: .viewer,
                address: head.address)
            return try await run(route, parameters, head, request, Access.Identity(author: author), now)
        }
        // Before anything is said about what exists here, the caller must be somebody.
        let identity = try access.identify(head, now: now)
        switch match {
        case .nothing:
            throw Failure(
                .notFound, "there is no \(head.method) /manage/v1/\(segments.joined(separator: "/").prefix(200))")
        case .otherMethods(let methods):
            var reply = ProblemResponse.reply(
                to: Failure(.methodNotAllowed, "this path takes \(methods.joined(separator: ", "))"), logger: logger)
            reply.headers.append(("allow", methods.joined(separator: ", ")))
            return reply
        case .route(let route, let parameters):
            if case .role(let role) = route.access, identity.author.role < role {
                throw Failure(
                    .roleForbidden, "this needs the role \(role.rawValue); yours is \(identity.author.role.rawValue)")
            }
            try await noteUse(of: identity.session, author: identity.author, now: now)
            var reply: Reply
            do {
                reply = try await run(route, parameters, head, request, identity, now)
            } catch {
                reply = ProblemResponse.reply(to: error, logger: logger)
            }
            if let standing = identity.standing {
                reply.headers.append(("x-ratelimit-limit-requests", String(standing.limit)))
                reply.headers.append(("x-ratelimit-remaining-requests", String(standing.remaining)))
                reply.headers.append(("x-ratelimit-reset-requests", "\(standing.resetSeconds)s"))
            }
            return reply
        }
    }

    private func run(
        _ route: Route, _ parameters: [String: String], _ head: AdminRequest, _ request: Request,
        _ identity: Access.Identity, _ now: Timestamp
    ) async throws -> Reply {
        let exchange = Exchange(
            method: route.method, path: head.path.segments.joined(separator: "/"), parameters: parameters,
            query: try query(of: head, for: route), body: try await body(of: head, request),
            idempotencyKey: head.header("idempotency-key"), session: identity.session,
            csrfToken: identity.csrfToken, author: identity.author, now: now)
        return try await route.handler(exchange)
    }

    private func query(of head: AdminRequest, for route: Route) throws -> [String: String] {
        guard let given = head.path.query else {
            throw Refusal.invalid("query", "must be UTF-8 with whole percent-escapes")
        }
        var query: [String: String] = [:]
        var problems: [Refusal.Field] = []
        for parameter in given {
            let name = String(parameter.name.prefix(60))
            if !route.query.contains(parameter.name) {
                problems.append(Refusal.Field(name, "is not a known query parameter"))
            } else if query.updateValue(parameter.value, forKey: parameter.name) != nil {
                problems.append(Refusal.Field(name, "is given twice"))
            }
        }
        guard problems.isEmpty else { throw Refusal.invalid(problems) }
        return query.filter { !$0.value.isEmpty }
    }

    private func body(of head: AdminRequest, _ request: Request) async throws -> [UInt8] {
        guard !head.isSafe else { return [] }
        let buffer: ByteBuffer
        do {
            buffer = try await request.body.collect(upTo: Self.maximumBodyBytes)
        } catch is NIOTooManyBytesError {
            throw Failure(.bodyTooLarge, "the body has more than \(Self.maximumBodyBytes) bytes")
        } catch {
            throw Failure(.invalidJSON, "the body could not be read: it ends early, or its framing is broken")
        }
        guard buffer.readableBytes > 0 else { return [] }
        // A form of another site can send text/plain or urlencoded, never this without asking first.
        let type = head.header("content-type")?.split(separator: ";").first.map { $0.lowercased() } ?? ""
        guard type == "application/json" else {
            throw Failure(.unsupportedMediaType, "the body must be application/json")
        }
        return Array(buffer.readableBytesView)
    }

    /// Keeps a session alive, at most once a minute: each note is a commit.
    private func noteUse(of session: Session?, author: Author, now: Timestamp) async throws {
        guard let session, now > session.lastSeenAt.advanced(byMicroseconds: 60_000_000) else { return }
        let digest = session.digest
        try await access.store.write(as: author) { try $0.sessions.touch(digest) }
    }

    private func response(_ reply: Reply, isHead: Bool) -> Response {
        var headers = HTTPFields()
        for (name, value) in SecurityHeaders.all + reply.headers {
            guard let field = HTTPField.Name(name) else { continue }
            headers.append(HTTPField(name: field, value: value))
        }
        if !headers.contains(.cacheControl) { headers[.cacheControl] = "no-store" }
        let body: ResponseBody
        switch reply.body {
        case .bytes(let bytes): body = ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        case .stream(let stream): body = stream
        }
        let response = Response(
            status: HTTPResponse.Status(code: reply.status), headers: headers,
            body: reply.status == 304 ? ResponseBody() : body)
        return isHead ? response.createHeadResponse() : response
    }
}

/// Headers of every answer of the management listener.
enum SecurityHeaders {
    static let all: [(name: String, value: String)] = [
        (
            "content-security-policy",
            "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
        ),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ]
}
