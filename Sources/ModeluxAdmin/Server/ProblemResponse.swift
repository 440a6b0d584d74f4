import Logging
import ModeluxCore
import ModeluxStore

/// Turns whatever went wrong into the one error shape of the management API.
enum ProblemResponse {
    /// The answer for an error; what is not meant for the caller is logged and answered as 500.
    static func reply(to error: any Error, logger: Logger) -> Reply {
        switch error {
        case let refusal as Refusal: return reply(to: refusal)
        case let failure as Failure: return reply(to: failure)
        case let failure as StoreFailure where failure.kind == .full:
            logger.error("the disk is full", metadata: ["path": "\(failure.path)"])
            return reply(to: Failure(.overloaded, "the disk is full: free space, then try again"))
        default:
            logger.error("a management request failed", metadata: ["error": "\(error)"])
            return reply(
                to: Failure(.internalError, "the request could not be completed; the log of the service says why"))
        }
    }

    private static func reply(to failure: Failure) -> Reply {
        var reply = Reply.json(
            text(failure.kind, failure.message, parameter: failure.parameter), status: failure.kind.status)
        if let seconds = failure.retryAfterSeconds { reply.headers.append(("retry-after", String(seconds))) }
        if failure.kind.status == 401 { reply.headers.append(("www-authenticate", "Bearer")) }
        return reply
    }

    private static func reply(to refusal: Refusal) -> Reply {
        var reply = Reply.json(
            text(
                refusal.kind, refusal.message, parameter: refusal.fields.first?.path, resource: refusal.resource,
                id: refusal.id, fields: refusal.fields), status: refusal.kind.status)
        if refusal.kind.status == 401 { reply.headers.append(("www-authenticate", "Bearer")) }
        return reply
    }

    private static func text(
        _ kind: Failure.Kind, _ message: String, parameter: String?, resource: String? = nil, id: String? = nil,
        fields: [Refusal.Field] = []
    ) -> String {
        var json = JSONText()
        json.object { json in
            json.key("error")
            json.object { json in
                json.member("message", message)
                json.member("type", kind.type)
                json.member("param", parameter)
                json.member("code", kind.code)
                json.member("resource", resource)
                json.member("id", id)
                if !fields.isEmpty {
                    json.key("fields")
                    json.array { json in
                        for field in fields {
                            json.object { json in
                                json.member("path", field.path)
                                json.member("message", field.message)
                            }
                        }
                    }
                }
            }
        }
        return json.text
    }
}
