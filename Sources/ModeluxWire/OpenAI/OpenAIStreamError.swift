import ModeluxCore
import NIOCore

/// Errors that come after a status of success: in the middle of a stream, or as the whole body.
enum OpenAIStreamError {
    /// The failure that an `error` member, or the whole event, tells of.
    static func failure(_ error: JSONValue) -> Failure {
        let status = ["status_code", "status", "code"].lazy
            .compactMap { name -> Int64? in
                guard let value = error.member(name) else { return nil }
                return value.exactInteger ?? value.string.flatMap { Int64($0) }
            }
            .first { (400...599).contains($0) }
        let body: JSONValue = ["error": error]
        let read = ProviderError(status: Int(status ?? 500), header: { _ in nil }, body: body.buffer)
        return Failure(read.kind, "the provider failed: \(read.message)")
    }
}
