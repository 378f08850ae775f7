internal import JSONTree

/// Tools as a model reads them: a namespace of TypeScript functions, whose tokens are counted with the prompt.
enum ToolText {
    /// Tokens that tools add to a chat.
    static func tokens(_ tools: [JSON]) -> Int {
        tools.isEmpty ? 0 : 9 + TokenCount.of(text(tools))
    }

    /// The definitions as one text.
    static func text(_ tools: [JSON]) -> String {
        var lines = ["namespace functions {", ""]
        for tool in tools {
            let function = tool["function"] ?? tool
            let name = function["name"]?.string ?? ""
            if let description = function["description"]?.string { lines.append("// \(description)") }
            let parameters = function["parameters"] ?? [:]
            if let properties = parameters["properties"]?.object, !properties.isEmpty {
                lines.append("type \(name) = (_: {")
                lines += members(of: parameters, indent: 0)
                lines.append("}) => any;")
            } else {
                lines.append("type \(name) = () => any;")
            }
            lines.append("")
        }
        lines.append("} // namespace functions")
        return lines.joined(separator: "\n")
    }

    private static func members(of schema: JSON, indent: Int) -> [String] {
        let required = schema["required"]?.array?.compactMap(\.string) ?? []
        let blanks = String(repeating: " ", count: indent)
        var lines: [String] = []
        for (name, member) in schema["properties"]?.object ?? [:] {
            if indent < 2, let description = member["description"]?.string {
                lines.append(blanks + "// \(description)")
            }
            lines.append("\(blanks)\(name)\(required.contains(name) ? "" : "?"): \(type(of: member, indent: indent)),")
        }
        return lines
    }

    private static func type(of schema: JSON, indent: Int) -> String {
        switch schema["type"]?.string {
        case "string", "number", "integer":
            if let choice = schema["enum"]?.array {
                return choice.map { $0.text() }.joined(separator: " | ")
            }
            return schema["type"]?.string == "string" ? "string" : "number"
        case "boolean": return "boolean"
        case "null": return "null"
        case "array": return schema["items"].map { type(of: $0, indent: indent) + "[]" } ?? "any[]"
        case "object":
            guard indent < 32 else { return "any" }
            return (["{"] + members(of: schema, indent: indent + 2) + ["}"]).joined(separator: "\n")
        default: return "any"
        }
    }
}
