import ModeluxCore
import Testing

struct FailureTests {
    @Test(arguments: Failure.Kind.allCases)
    func `every kind has a status, a type and a code that agree`(kind: Failure.Kind) {
        let types: [Int: String] = [
            401: "authentication_error", 402: "budget_exceeded", 403: "permission_error", 404: "not_found_error",
            429: "rate_limit_error",
        ]
        let expected = types[kind.status] ?? (kind.status >= 500 ? "api_error" : "invalid_request_error")
        #expect(kind.type == expected)
        #expect(kind.code == kind.rawValue && !kind.code.isEmpty)
        #expect((400...504).contains(kind.status))
    }
}
