import ModeluxCore
import NIOCore
import Testing

@testable import ModeluxWire

struct AnthropicErrorTests {
    @Test func `a failure has Anthropic's shape`() {
        let failure = Failure(.unsupportedParameter, "say \"n\"", parameter: "n", cause: "secret")
        #expect(
            String(buffer: AnthropicError.body(for: failure, requestID: "r-1"))
                == #"{"type":"error","error":{"type":"invalid_request_error","message":"say \"n\""},"#
                + #""request_id":"r-1"}"#)
        #expect(
            String(buffer: AnthropicError.event(for: Failure(.overloaded, "m"), requestID: nil))
                == "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"m\"}}\n\n"
        )
    }

    @Test func `an exceeded budget is told`() throws {
        let failure = Failure(.budgetExceeded, "m", budget: #"{"name":"team-ml","period":"monthly"}"#)
        let body = AnthropicError.body(for: failure, requestID: "r")
        let error = try JSONValue(parsing: body)["error"]
        #expect(error?["type"]?.string == "budget_exceeded")
        #expect(error?["budget"] == ["name": "team-ml", "period": "monthly"])
    }

    @Test(arguments: [
        (Failure.Kind.invalidKey, "authentication_error"), (.modelNotAllowed, "permission_error"),
        (.notFound, "not_found_error"), (.bodyTooLarge, "request_too_large"), (.rateLimited, "rate_limit_error"),
        (.providerRateLimited, "rate_limit_error"), (.overloaded, "overloaded_error"), (.internalError, "api_error"),
        (.providerTimeout, "api_error"), (.noHealthyProvider, "api_error"), (.invalidJSON, "invalid_request_error"),
    ])
    func `a kind has Anthropic's word`(kind: Failure.Kind, type: String) {
        #expect(AnthropicError.type(of: kind) == type)
    }
}
