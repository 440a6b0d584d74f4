extension ChatTool {
    /// The function by which structured output is had where a provider has no better way: its arguments are the answer.
    static func outputFunction(for format: OutputFormat, besides tools: [ChatTool]) -> Function {
        let taken = Set(
            tools.compactMap { tool -> String? in
                if case .function(let function) = tool.kind { function.name } else { nil }
            })
        switch format {
        case .jsonObject:
            return Function(
                name: free("json_response", among: taken), description: "Gives the final answer as a JSON object.",
                parameters: ["type": "object", "properties": [:]])
        case .jsonSchema(let name, let description, let schema, let isStrict):
            let clean = String(
                decoding: name.utf8.prefix(48).map { byte in
                    let isPlain =
                        (48...57).contains(byte) || (65...90).contains(byte & 0xDF) || byte == 45 || byte == 95
                    return isPlain ? byte : 95
                }, as: UTF8.self)
            return Function(
                name: free(clean.isEmpty ? "json_response" : clean, among: taken),
                description: description ?? "Gives the final answer in the form that is asked for.",
                parameters: schema, isStrict: isStrict)
        }
    }

    private static func free(_ name: String, among taken: Set<String>) -> String {
        var name = name
        while taken.contains(name) { name += "_output" }
        return String(name)
    }
}

extension ChatFeature {
    /// Their names, each once, in their order.
    static func names(_ features: [ChatFeature]) -> [String] {
        var names: [String] = []
        for feature in features where !names.contains(feature.rawValue) { names.append(feature.rawValue) }
        return names
    }
}
