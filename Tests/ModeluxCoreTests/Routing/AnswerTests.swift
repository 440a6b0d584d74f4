import ModeluxCore
import Testing

struct AnswerTests {
    private static func tree(_ text: String) throws -> JSONTree { try JSONTree(parsing: Array(text.utf8)) }

    @Test(arguments: [
        (#"{"type":"string"}"#, #""a""#, true), (#"{"type":"string"}"#, "1", false),
        (#"{"type":"integer"}"#, "1.0", true),
        (#"{"type":"integer"}"#, "1.5", false), (#"{"type":["string","null"]}"#, "null", true),
        (#"{"enum":["a",1]}"#, "1.0", true), (#"{"enum":["a"]}"#, #""b""#, false), (#"{"const":true}"#, "true", true),
        (#"{"type":"object","required":["a"]}"#, #"{"a":1}"#, true), (#"{"required":["a"]}"#, #"{"b":1}"#, false),
        (#"{"properties":{"a":{"type":"number"}}}"#, #"{"a":"x"}"#, false),
        (#"{"properties":{"a":{"type":"number"}}}"#, #"{"b":"x"}"#, true),
        (#"{"properties":{"a":{}},"additionalProperties":false}"#, #"{"b":1}"#, false),
        (#"{"additionalProperties":false,"properties":{"a":{}}}"#, #"{"a":1}"#, true),
        (#"{"additionalProperties":{"type":"string"}}"#, #"{"b":1}"#, false),
        (#"{"items":{"type":"integer"}}"#, "[1,2]", true), (#"{"items":{"type":"integer"}}"#, #"[1,"x"]"#, false),
        (#"{"minItems":2}"#, "[1]", false), (#"{"maxItems":1}"#, "[1]", true),
        (#"{"uniqueItems":true}"#, "[1,1]", false),
        (#"{"minLength":2,"maxLength":3}"#, #""ab""#, true), (#"{"maxLength":3}"#, #""abcd""#, false),
        (#"{"pattern":"^a"}"#, #""ba""#, false), (#"{"minimum":1,"maximum":2}"#, "2", true),
        (#"{"exclusiveMaximum":2}"#, "2", false), (#"{"multipleOf":0.5}"#, "1.5", true),
        (#"{"multipleOf":2}"#, "3", false),
        (#"{"anyOf":[{"type":"string"},{"minimum":5}]}"#, "6", true),
        (#"{"oneOf":[{"minimum":1},{"minimum":2}]}"#, "3", false),
        (#"{"allOf":[{"minimum":1},{"maximum":2}]}"#, "1", true), (#"{"not":{"type":"string"}}"#, "1", true),
        (#"{"minProperties":1}"#, "{}", false), ("true", "1", true), ("false", "1", false), ("{}", "null", true),
    ])
    func `a schema judges values`(schema: String, value: String, isValid: Bool) throws {
        let problem = try JSONSchema(Self.tree(schema)).problem(with: Self.tree(value))
        #expect((problem == nil) == isValid, "\(problem ?? "no problem")")
    }

    @Test(arguments: [
        (##"{"$ref":"#/a"}"##, ".$ref"), (#"{"type":"text"}"#, ".type"),
        (#"{"properties":{"a":{"if":{}}}}"#, ".properties.a.if"),
        (#"{"pattern":"("}"#, ".pattern"), (#"{"minLength":-1}"#, ".minLength"), ("[]", ""),
        (#"{"items":{"minimum":"x"}}"#, ".items.minimum"),
    ])
    func `a schema that is not understood is refused with the place`(schema: String, path: String) throws {
        let error = try #require(throws: SchemaError.self) { try JSONSchema(Self.tree(schema)) }
        #expect(error.path == path)
    }

    @Test func `an acceptance test says what it misses`() throws {
        let test = AnswerTest(
            finishReasons: ["stop"], minimumCharacters: 5, pattern: try Pattern("yes"),
            schema: try JSONSchema(Self.tree(#"{"required":["yes"]}"#)))
        #expect(test.objection(to: #"{"yes":1}"#, finishReason: "stop") == nil)
        #expect(test.objection(to: "```json\n{\"yes\":1}\n```", finishReason: "stop") == nil)
        #expect(test.objection(to: #"{"yes":1}"#, finishReason: "length")?.contains("length") == true)
        #expect(test.objection(to: "yes", finishReason: "stop")?.contains("5 characters") == true)
        #expect(test.objection(to: "no, never", finishReason: "stop")?.contains("pattern") == true)
        #expect(test.objection(to: "yes, surely", finishReason: "stop")?.contains("no JSON") == true)
        #expect(test.objection(to: #"{"no":"yes"}"#, finishReason: "stop")?.contains("yes is missing") == true)
    }

    @Test func `votes are counted by weight`() {
        func ballots(_ pairs: [(String, Double)]) -> [Aggregate.Ballot] {
            pairs.map { .init(text: $0.0, weight: $0.1) }
        }
        #expect(Aggregate.vote([])?.winner == nil)
        #expect(Aggregate.vote(ballots([("a", 1), ("b", 1)]))?.winner == 0)
        #expect(Aggregate.vote(ballots([("a", 1), ("b", 1), ("B.", 1)]))?.winner == 1)
        #expect(Aggregate.vote(ballots([("a", 3), ("b", 1), ("b", 1)]))?.winner == 0)
        let vote = Aggregate.vote(ballots([("Paris", 1), ("  paris. ", 2), ("Rome", 1)]))
        #expect(vote?.winner == 1 && vote?.share == 0.75)
    }

    @Test func `numbers are averaged by weight`() {
        func average(_ pairs: [(String, Double)]) -> (mean: Double, nearest: Int)? {
            Aggregate.average(pairs.map { .init(text: $0.0, weight: $0.1) })
        }
        #expect(average([("1", 1), ("3", 1)])?.mean == 2)
        #expect(average([("1", 3), ("about 5", 1), ("no idea", 9)])?.mean == 2)
        #expect(average([("1", 1), ("4", 1), ("3", 1)])?.nearest == 2)
        #expect(average([("x", 1)])?.mean == nil)
        #expect(average([("$1,250.50.", 1)])?.mean == 1250.5)
        #expect(AnswerText.text(of: 2) == "2" && AnswerText.text(of: 2.5) == "2.5")
    }

    @Test func `a judge's words are read`() {
        #expect(Judge.verdict(in: "Yes.") == true && Judge.verdict(in: "No, because") == false)
        #expect(Judge.verdict(in: "perhaps") == nil)
        #expect(Judge.choice(in: "Answer 2", of: 3) == 1 && Judge.choice(in: "7", of: 3) == nil)
        #expect(Judge.choice(in: "the 9th: 3", of: 3) == 2)
        let prompt = Judge(target: Target(model: "m")).choicePrompt(question: "q", answers: ["x", "y"])
        #expect(prompt.contains("[answer 2]\ny") && prompt.contains("best of 2"))
    }
}
