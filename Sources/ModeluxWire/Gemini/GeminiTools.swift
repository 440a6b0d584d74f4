import ModeluxCore

/// `tools` and `toolConfig`.
struct GeminiTools {
    /// The members of the body, if there are any.
    private(set) var members: [JSONValue.Member] = []
    /// What was left out.
    private(set) var dropped: [ChatFeature] = []

    /// Writes tools and the choice among them. `outputTool` is one more function, that of the answer's form.
    init(_ request: ChatRequest, model: GeminiModel, outputTool: ChatTool.Function?) {
        var functions: [JSONValue] = []
        var hosted: [JSONValue] = []
        var hasStrict = false
        for tool in request.tools {
            switch tool.kind {
            case .function(let function):
                functions.append(GeminiTools.declaration(function))
                hasStrict = hasStrict || function.isStrict == true
            case .hosted(.gemini, _, let value): hosted.append(value)
            case .hosted: drop(.hostedTools)
            }
            if tool.cacheMark != nil, !model.cachesByItself { drop(.cacheMarks) }
        }
        if let outputTool { functions.append(GeminiTools.declaration(outputTool)) }
        var tools = hosted
        if !functions.isEmpty { tools.append(.object([JSONValue.Member("functionDeclarations", .array(functions))])) }
        if !tools.isEmpty { members.append(JSONValue.Member("tools", .array(tools))) }
        guard !functions.isEmpty else { return }
        if request.allowsParallelCalls == false { drop(.parallelCalls) }
        var choice = request.toolChoice
        // The form of the answer is a call too: without one there is no answer.
        if outputTool != nil, choice == nil || choice == .auto { choice = .required }
        if let config = config(choice, hasStrict: hasStrict, model: model) {
            members.append(
                JSONValue.Member("toolConfig", .object([JSONValue.Member("functionCallingConfig", config)])))
        }
    }

    private mutating func drop(_ feature: ChatFeature) {
        if !dropped.contains(feature) { dropped.append(feature) }
    }

    /// A schema goes in the subset of OpenAPI where that says all of it, since every model takes that; else as it is.
    private static func declaration(_ function: ChatTool.Function) -> JSONValue {
        var members = [JSONValue.Member("name", .string(function.name))]
        if let description = function.description, !description.isEmpty {
            members.append(JSONValue.Member("description", .string(description)))
        }
        if let schema = function.parameters, schema != .null {
            if let subset = GeminiSchema.openAPI(schema) {
                members.append(JSONValue.Member("parameters", subset))
            } else {
                members.append(JSONValue.Member("parametersJsonSchema", schema))
            }
        }
        return .object(members)
    }

    /// The choice; nil where it is the model's own. Only the third generation holds itself to schemas unless a call is
    /// forced.
    private mutating func config(_ choice: ToolChoice?, hasStrict: Bool, model: GeminiModel) -> JSONValue? {
        switch choice {
        case .none?: return ["mode": "NONE"]
        case .required?: return ["mode": "ANY"]
        case .named(let name)?:
            return .object([
                JSONValue.Member("mode", "ANY"),
                JSONValue.Member("allowedFunctionNames", .array([.string(name)])),
            ])
        case .auto?, nil:
            if hasStrict, model.generation >= 3 { return ["mode": "VALIDATED"] }
            if hasStrict { drop(.strictTools) }
            return choice == .auto ? ["mode": "AUTO"] : nil
        }
    }
}
