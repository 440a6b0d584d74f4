import ModeluxCore
import NIOCore
import Testing

@testable import ModeluxWire

struct AnthropicModelTraitsTests {
    @Test(arguments: [
        ("claude-3-5-sonnet-20241022", "none"), ("claude-3-7-sonnet-latest", "budget"),
        ("claude-opus-4-20250514", "budget"), ("claude-sonnet-4-5", "schema"), ("claude-opus-4-5@20251101", "schema"),
        ("claude-opus-4-6", "adaptive"), ("claude-opus-4-7-20260416", "strict"), ("claude-sonnet-5", "strict"),
        ("anthropic.claude-opus-5-5-v1:0", "strict"), ("claude", "none"), ("gpt-4o", "none"),
        ("claude-instant", "none"),
    ])
    func `a model that nobody knows is judged by its version`(name: String, expected: String) {
        let traits = AnthropicModelTraits(ChatTarget(vendor: .anthropic, model: name, entry: nil))
        #expect(traits.canReason == (expected != "none"))
        #expect(traits.takesSchemas == ["schema", "adaptive", "strict"].contains(expected))
        #expect(traits.isAdaptive == ["adaptive", "strict"].contains(expected))
        #expect(traits.rejectsPrefill == ["adaptive", "strict"].contains(expected))
        #expect(traits.rejectsSampling == (expected == "strict"))
    }

    @Test(arguments: [
        ("claude-opus-4-6", "xhigh", "high"), ("claude-opus-4-6", "max", "max"), ("claude-opus-4-8", "xhigh", "xhigh"),
        ("claude-opus-4-8", "minimal", "low"), ("claude-opus-4-5", "max", "high"), ("claude-sonnet-5", "odd", "high"),
    ])
    func `an effort is the nearest that the model knows`(model: String, wish: String, expected: String) {
        let traits = AnthropicModelTraits(ChatTarget(vendor: .anthropic, model: model, entry: nil))
        #expect(traits.effort(nearest: wish) == expected)
    }

    @Test(
        arguments: [
            ("aGkh", "hi!"), ("aGk=", "hi"), ("aGk", "hi"), ("aA==", "h"), ("", ""), ("aG k", nil), ("a", nil),
            ("aA==a", nil), ("/w==", nil), ("aA===", nil),
        ] as [(String, String?)])
    func `base64 is read as text`(base64: String, expected: String?) {
        #expect(Base64.text(of: base64) == expected)
    }

    private static let schemas: [(String, String)] = [
        (
            ##"{"type":"array","items":{"type":"object","properties":{"a":{"oneOf":[{"maxLength":3}]}}},"minItems":1}"##,
            ##"{"type":"array","items":{"type":"object","properties":{"a":{"anyOf":[{"description":"{maxLength: 3}"}]}},"##
                + ##""additionalProperties":false},"minItems":1}"##
        ),
        (
            ##"{"type":["object","null"],"description":"d","minItems":2,"additionalProperties":true}"##,
            ##"{"type":["object","null"],"description":"d\n\n{minItems: 2}","additionalProperties":false}"##
        ),
        (
            ##"{"properties":{},"$defs":{"x":{"type":"object"}},"$ref":"#/$defs/x"}"##,
            ##"{"properties":{},"$defs":{"x":{"type":"object","additionalProperties":false}},"$ref":"#/$defs/x","##
                + ##""additionalProperties":false}"##
        ), ("true", "true"), ("7", "7"),
    ]

    @Test(arguments: schemas)
    func `a schema is made one that can be held to`(schema: String, expected: String) throws {
        let held = AnthropicSchema.held(try JSONValue(parsing: schema))
        #expect(String(buffer: held.buffer) == expected)
    }

    @Test(arguments: [
        (#"{"type":"object","properties":{"a":{"type":"string"}}}"#, true), (#"{"type":"object"}"#, false),
        (#"{"type":"object","additionalProperties":false}"#, true),
        (#"{"type":"object","additionalProperties":{"type":"string"}}"#, false),
        (#"{"type":"object","properties":{"a":{"type":"object","additionalProperties":true}}}"#, false),
        (#"{"type":"array","items":{"type":"object"}}"#, false), (#"{"anyOf":[{"type":"object"}]}"#, false),
        (#"{"type":"object","properties":{"a":{}},"patternProperties":{"b":{}}}"#, false), ("true", true),
    ])
    func `a map cannot be held to`(schema: String, isHoldable: Bool) throws {
        #expect(AnthropicSchema.canHold(try JSONValue(parsing: schema)) == isHoldable)
    }
}
