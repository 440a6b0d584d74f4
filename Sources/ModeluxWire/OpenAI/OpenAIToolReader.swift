import ModeluxCore

/// Reads what a caller's request says about tools: the list, the choice, and their legacy forms.
struct OpenAIToolReader {
    private var tools: [ChatTool] = []
    private var toolChoice: ToolChoice?
    /// The tools that may be called, where the caller allows only some (`allowed_tools`).
    private var allowed: Set<String>?
    /// What has no place in the hub.
    private(set) var unmapped: [String] = []

    /// Whether and which tool must be called.
    var choice: ToolChoice? { toolChoice }

    /// The tools that the model may see.
    /// - Throws: `Failure` when the choice allows a tool that is not offered.
    func offered() throws(Failure) -> [ChatTool] {
        guard let allowed else { return tools }
        let kept = tools.filter { tool in
            switch tool.kind {
            case .function(let function): allowed.contains(function.name)
            case .hosted(_, let name, _): allowed.contains(name)
            }
        }
        guard kept.count == allowed.count else {
            throw Failure(
                .unsupportedParameter, "\"tool_choice.allowed_tools\" names a tool that is not in \"tools\"",
                parameter: "tool_choice")
        }
        return kept
    }

    mutating func readTools(_ value: JSONValue) throws(Failure) {
        for (index, tool) in try value.list(at: "tools").enumerated() {
            let path = "tools[\(index)]"
            _ = try tool.object(at: path)
            let type = try tool.member("type")?.text(at: path + ".type") ?? "function"
            guard type == "function" else {
                let name = tool.member("custom")?.member("name")?.string ?? tool.member("name")?.string ?? type
                tools.append(ChatTool(.hosted(.openai, name: name, tool)))
                continue
            }
            guard let function = tool.member("function") else { throw Failure.missing(path + ".function") }
            let read = try OpenAIToolReader.function(function, at: path + ".function")
            let mark = OpenAIPartReader.cacheMark(of: tool) ?? OpenAIPartReader.cacheMark(of: function)
            tools.append(ChatTool(.function(read), cacheMark: mark))
        }
    }

    mutating func readFunctions(_ value: JSONValue) throws(Failure) {
        for (index, function) in try value.list(at: "functions").enumerated() {
            tools.append(ChatTool(.function(try OpenAIToolReader.function(function, at: "functions[\(index)]"))))
        }
    }

    mutating func readChoice(_ value: JSONValue) throws(Failure) {
        let path = "tool_choice"
        if case .string(let text) = value {
            toolChoice = try OpenAIToolReader.mode(text, at: path)
            return
        }
        _ = try value.object(at: path)
        guard let type = value.member("type") else { throw Failure.missing(path + ".type") }
        switch try type.text(at: path + ".type") {
        case "function":
            guard let name = (value.member("function") ?? value).member("name") else {
                throw Failure.missing(path + ".function.name")
            }
            toolChoice = .named(try name.text(at: path + ".function.name"))
        case "custom":
            guard let name = value.member("custom")?.member("name") else {
                throw Failure.missing(path + ".custom.name")
            }
            toolChoice = .named(try name.text(at: path + ".custom.name"))
        case "allowed_tools": try readAllowed(value.member("allowed_tools") ?? value, at: path + ".allowed_tools")
        default:
            throw Failure.wrongKind(path + ".type", "\"function\", \"custom\" or \"allowed_tools\"")
        }
    }

    mutating func readFunctionCall(_ value: JSONValue) throws(Failure) {
        let path = "function_call"
        if case .string(let text) = value {
            toolChoice = try OpenAIToolReader.mode(text, at: path)
            return
        }
        guard let name = value.member("name") else { throw Failure.missing(path + ".name") }
        toolChoice = .named(try name.text(at: path + ".name"))
    }

    private mutating func readAllowed(_ value: JSONValue, at path: String) throws(Failure) {
        toolChoice = try OpenAIToolReader.mode(value.member("mode")?.text(at: path + ".mode") ?? "auto", at: path)
        guard let list = value.member("tools") else { throw Failure.missing(path + ".tools") }
        var names: Set<String> = []
        for (index, tool) in try list.list(at: path + ".tools").enumerated() {
            let place = "\(path).tools[\(index)]"
            let named = tool.member("function") ?? tool.member("custom") ?? tool
            guard let name = named.member("name") ?? tool.member("type") else { throw Failure.missing(place + ".name") }
            names.insert(try name.text(at: place + ".name"))
        }
        allowed = names
    }

    private static func mode(_ text: String, at path: String) throws(Failure) -> ToolChoice {
        switch text {
        case "auto": return .auto
        case "none": return .none
        case "required", "any": return .required
        default: throw Failure.wrongKind(path, "\"auto\", \"none\", \"required\" or a tool")
        }
    }

    private static func function(_ value: JSONValue, at path: String) throws(Failure) -> ChatTool.Function {
        _ = try value.object(at: path)
        guard let name = value.member("name") else { throw Failure.missing(path + ".name") }
        let parameters = value.member("parameters")
        _ = try parameters?.object(at: path + ".parameters")
        return ChatTool.Function(
            name: try name.text(at: path + ".name"),
            description: try value.member("description")?.text(at: path + ".description"),
            parameters: parameters, isStrict: try value.member("strict")?.flag(at: path + ".strict"))
    }
}
