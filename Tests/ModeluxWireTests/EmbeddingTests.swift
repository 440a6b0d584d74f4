import ModeluxCore
import NIOCore
import Testing

@testable import ModeluxWire

struct EmbeddingTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var vendor: Vendor
        var dialect: ChatDialect
        var model: String
        var members: String
        var bodies: [String]
        var dropped: [String] = []
        var testDescription: String { name }
    }

    @Test(arguments: [
        Row(
            name: "one text at Google", vendor: .google, dialect: .gemini, model: "gemini-embedding-001",
            members: #""input":"a","dimensions":768,"encoding_format":"base64""#,
            bodies: [
                #"{"requests":[{"model":"models/gemini-embedding-001","content":{"parts":[{"text":"a"}]},"outputDimensionality":768}]}"#
            ]),
        Row(
            name: "several at Google", vendor: .google, dialect: .gemini, model: "models/g",
            members: #""input":["a","b"],"task_type":"RETRIEVAL_QUERY","user":"u","odd":1"#,
            bodies: [
                #"{"requests":[{"model":"models/g","content":{"parts":[{"text":"a"}]},"taskType":"RETRIEVAL_QUERY"},{"model":"models/g","content":{"parts":[{"text":"b"}]},"taskType":"RETRIEVAL_QUERY"}]}"#
            ], dropped: ["odd", "user"]),
        Row(
            name: "Titan takes one a call", vendor: .bedrock, dialect: .bedrock, model: "amazon.titan-embed-text-v2:0",
            members: #""input":["a","b"],"dimensions":256"#,
            bodies: [#"{"inputText":"a","dimensions":256}"#, #"{"inputText":"b","dimensions":256}"#]),
        Row(
            name: "the first Titan has one size", vendor: .bedrock, dialect: .bedrock,
            model: "amazon.titan-embed-text-v1", members: #""input":"a","dimensions":256"#,
            bodies: [#"{"inputText":"a"}"#], dropped: ["dimensions"]),
        Row(
            name: "Titan for images", vendor: .bedrock, dialect: .bedrock, model: "amazon.titan-embed-image-v1",
            members: #""input":"a","dimensions":256,"input_type":"clustering""#,
            bodies: [#"{"inputText":"a","embeddingConfig":{"outputEmbeddingLength":256}}"#], dropped: ["input_type"]),
        Row(
            name: "Cohere takes several", vendor: .bedrock, dialect: .bedrock, model: "cohere.embed-english-v3",
            members: #""input":["a","b"],"dimensions":256"#,
            bodies: [#"{"texts":["a","b"],"input_type":"search_document","embedding_types":["float"]}"#],
            dropped: ["dimensions"]),
        Row(
            name: "Cohere's fourth has sizes", vendor: .bedrock, dialect: .bedrock, model: "us.cohere.embed-v4:0",
            members: #""input":"a","dimensions":256,"input_type":"search_query""#,
            bodies: [
                #"{"texts":["a"],"input_type":"search_query","embedding_types":["float"],"output_dimension":256}"#
            ]),
        Row(
            name: "Nova", vendor: .bedrock, dialect: .bedrock, model: "amazon.nova-2-multimodal-embeddings-v1:0",
            members: #""input":"a","dimensions":256"#,
            bodies: [
                #"{"taskType":"SINGLE_EMBEDDING","singleEmbeddingParams":{"embeddingPurpose":"GENERIC_INDEX","embeddingDimension":256,"text":{"truncationMode":"NONE","value":"a"}}}"#
            ]),
    ])
    func `a request is written as the provider takes it`(row: Row) throws {
        let translation = try EmbeddingTranslation(
            ByteBuffer(string: #"{"model":"x",\#(row.members)}"#),
            for: ChatTarget(vendor: row.vendor, model: row.model, entry: nil), dialect: row.dialect)
        #expect(translation.requests.map { String(buffer: $0.body) } == row.bodies)
        #expect(translation.dropped == row.dropped)
    }

    @Test(arguments: [(250, ChatDialect.gemini, [100, 100, 50]), (200, .bedrock, [96, 96, 8])])
    func `many texts are several calls`(count: Int, dialect: ChatDialect, sizes: [Int]) throws {
        let input = JSONValue.array((0..<count).map { .string("t\($0)") })
        let body: JSONValue = ["input": input]
        let translation = try EmbeddingTranslation(
            body.buffer, for: ChatTarget(vendor: .bedrock, model: "cohere.embed-v4:0", entry: nil), dialect: dialect)
        let found = try translation.requests.map { request in
            let value = try JSONValue(parsing: request.body)
            return (value["requests"] ?? value["texts"])?.elements?.count
        }
        #expect(found == sizes)
        let piece = { (size: Int) -> EmbeddingTranslation.Piece in
            let vector: JSONValue = dialect == .gemini ? ["values": [1]] : [1]
            let answer: JSONValue = ["embeddings": .array(Array(repeating: vector, count: size))]
            return EmbeddingTranslation.Piece(body: answer.buffer, inputTokens: Int64(size))
        }
        let answer = try translation.answer(sizes.map(piece), model: "m", estimatingInput: 1)
        #expect(answer.observed.usage == Usage(input: Int64(count)))
        let data = try JSONValue(parsing: answer.body)["data"]?.elements
        #expect(data?.count == count)
        #expect(data?.last?["index"]?.integer == Int64(count - 1))
        #expect(throws: Failure.self) {
            try translation.answer([piece(sizes[0])], model: "m", estimatingInput: 1)
        }
    }

    @Test(arguments: [
        (
            ChatDialect.gemini, #"{"embeddings":[{"values":[0.5,-2]}],"usageMetadata":{"promptTokenCount":3}}"#,
            Int64?(3)
        ),
        (.gemini, #"{"embedding":{"values":[0.5,-2]}}"#, nil),
        (.bedrock, #"{"embedding":[0.5,-2],"inputTextTokenCount":4}"#, 4),
        (.bedrock, #"{"embeddings":{"float":[[0.5,-2]]},"texts":["a"]}"#, nil),
        (.bedrock, #"{"embeddings":[[0.5,-2]]}"#, nil),
        (.bedrock, #"{"embeddings":[{"embeddingType":"TEXT","embedding":[0.5,-2]}]}"#, nil),
    ])
    func `an answer is what an OpenAI SDK reads`(dialect: ChatDialect, body: String, tokens: Int64?) throws {
        for format in ["float", "base64"] {
            let translation = try EmbeddingTranslation(
                ByteBuffer(string: #"{"input":"a","encoding_format":"\#(format)"}"#),
                for: ChatTarget(vendor: .bedrock, model: "amazon.titan-embed-text-v2:0", entry: nil), dialect: dialect)
            let answer = try translation.answer(
                [EmbeddingTranslation.Piece(body: ByteBuffer(string: body))], model: "m", estimatingInput: 9)
            let shown = format == "float" ? "[0.5,-2]" : #""AAAAPwAAAMA=""#
            let count = tokens ?? 9
            #expect(
                String(buffer: answer.body)
                    == #"{"object":"list","data":[{"object":"embedding","index":0,"embedding":\#(shown)}],"model":"m","usage":{"prompt_tokens":\#(count),"total_tokens":\#(count)}}"#
            )
            #expect(answer.observed.usage == tokens.map { Usage(input: $0) })
        }
    }

    @Test(arguments: [
        (#"{}"#, "input"), (#"{"input":5}"#, "input"), (#"{"input":[1,2]}"#, "input"),
        (#"{"input":[[1],[2]]}"#, "input"),
        (#"{"input":[{}]}"#, "input[0]"), (#"{"input":"a","dimensions":0}"#, "dimensions"),
        (#"{"input":"a","encoding_format":"hex"}"#, "encoding_format"), (#"{"input":[]}"#, "input"),
    ])
    func `an error names the parameter`(json: String, parameter: String) {
        let failure = #expect(throws: Failure.self) {
            try EmbeddingTranslation(
                ByteBuffer(string: json), for: ChatTarget(vendor: .bedrock, model: "cohere.embed-v4:0", entry: nil),
                dialect: .bedrock)
        }
        #expect(failure?.parameter == parameter)
    }

    @Test(arguments: [(ChatDialect.gemini, "{}"), (.bedrock, #"{"embeddings":[5]}"#), (.gemini, "what")])
    func `what is no answer is a failure of the provider`(dialect: ChatDialect, body: String) throws {
        let translation = try EmbeddingTranslation(
            ByteBuffer(string: #"{"input":"a"}"#),
            for: ChatTarget(vendor: .bedrock, model: "cohere.embed-v4:0", entry: nil), dialect: dialect)
        let failure = #expect(throws: Failure.self) {
            try translation.answer(
                [EmbeddingTranslation.Piece(body: ByteBuffer(string: body))], model: "m", estimatingInput: 1)
        }
        #expect(failure?.kind == .providerError)
    }

    @Test func `a vendor without embeddings says so`() {
        let failure = #expect(throws: Failure.self) {
            try EmbeddingTranslation(
                ByteBuffer(string: #"{"input":"a"}"#),
                for: ChatTarget(vendor: .anthropic, model: "claude", entry: nil), dialect: .anthropic)
        }
        #expect(failure?.parameter == "model")
    }
}
