import ModeluxCore
import NIOCore
import Testing

@testable import ModeluxWire

struct OpenAIErrorTests {
    @Test func `a failure has the four members of the shape`() {
        let failure = Failure(.unknownModel, "no \"x\"\n", parameter: "model", cause: "private")
        #expect(
            String(buffer: OpenAIError.body(for: failure))
                == #"{"error":{"message":"no \"x\"\n","type":"invalid_request_error","param":"model","code":"unknown_model"}}"#
        )
    }

    @Test func `a passed budget has its status as a number for a code`() {
        #expect(
            String(buffer: OpenAIError.body(for: Failure(.budgetExceeded, "m", budget: #"{"name":"b"}"#)))
                == #"{"error":{"type":"budget_exceeded","message":"m","code":402,"budget":{"name":"b"}}}"#)
    }

    @Test func `in a stream it is one event`() {
        #expect(
            String(buffer: OpenAIError.event(for: Failure(.providerError, "m")))
                == "data: {\"error\":{\"message\":\"m\",\"type\":\"api_error\",\"param\":null,\"code\":\"provider_error\"}}\n\n"
        )
    }

    @Test(arguments: Failure.Kind.allCases)
    func `every kind can be written`(kind: Failure.Kind) throws {
        let body = try JSONValue(parsing: OpenAIError.body(for: Failure(kind, "m", parameter: "p")))
        #expect(body["error"]?["type"]?.string == kind.type)
    }
}
