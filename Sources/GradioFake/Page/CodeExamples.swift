import JSONTree

/// `code_snippets` of the API description: how to call an endpoint from Python, JavaScript, a shell and the
/// package's own command. People read them; clients drop them.
struct CodeExamples {
    let function: AppFunction
    let root: String
    let endpoint: JSONObject

    private struct Argument {
        var name: String
        var value: JSON
        /// What the package's own command is shown with: an empty value says nothing, its example does.
        var telling: JSON
        var file: String?
        var component: String
    }

    /// The four texts.
    var json: JSON {
        ["python": .string(python), "javascript": .string(javaScript), "bash": .string(shell), "cli": .string(command)]
    }

    private var arguments: [Argument] {
        (endpoint["parameters"]?.array ?? []).map { row in
            let example = row["example_input"] ?? .null
            let value = row["parameter_has_default"]?.bool == true ? row["parameter_default"] ?? .null : example
            let isFile = value["meta"]?["_type"]?.string == "gradio.FileData"
            return Argument(
                name: row["parameter_name"]?.string ?? "", value: value, telling: value.isTruthy ? value : example,
                file: isFile ? value["url"]?.string ?? value["path"]?.string : nil,
                component: row["component"]?.string ?? "")
        }
    }

    private var python: String {
        let arguments = arguments
        var text = "from gradio_client import Client\(arguments.contains { $0.file != nil } ? ", handle_file" : "")\n\n"
        text += "client = Client(\"\(root)\")\nresult = client.predict(\n"
        for argument in arguments {
            let value = argument.file.map { "handle_file('\($0)')" } ?? Self.pythonLiteral(argument.value)
            text += "\t\(argument.name)=\(value),\n"
        }
        return text + "\tapi_name=\"/\(function.apiName)\",\n)\nprint(result)"
    }

    private var javaScript: String {
        let arguments = arguments
        let files = arguments.filter { $0.file != nil }
        var text = "import { Client\(files.isEmpty ? "" : ", handle_file") } from \"@gradio/client\";\n\n"
        for (place, argument) in files.enumerated() {
            text += "const response_\(place) = await fetch(\"\(argument.file ?? "")\");\n"
            text += "const example\(argument.component) = await response_\(place).blob();\n"
        }
        if !files.isEmpty { text += "\n" }
        text += "const client = await Client.connect(\"\(root)\");\n"
        text += "const result = await client.predict(\"/\(function.apiName)\", {\n"
        for argument in arguments {
            let value =
                argument.file == nil ? argument.value.text(.python) : "handle_file(example\(argument.component))"
            text += "\t\t\(argument.name): \(value),\n"
        }
        return text + "});\n\nconsole.log(result.data);"
    }

    private var shell: String {
        let arguments = arguments
        var text = ""
        var body: [String] = []
        for argument in arguments {
            let value =
                argument.file == nil
                ? argument.value.text(.python)
                : #"{"path": "'$FILE_PATH'", "meta": {"_type": "gradio.FileData"}}"#
            body.append("\"\(argument.name)\": \(value)")
        }
        if arguments.contains(where: { $0.file != nil }) {
            text = "FILE_PATH=$(curl -s -X POST \(root)/gradio_api/upload -F 'files=@/path/to/your/file'"
            text += " | tr -d '[]\" ')\n\n"
        }
        text += "curl -X POST \(root)/gradio_api/call/v2/\(function.apiName) -s"
        text += " -H \"Content-Type: application/json\" \\\n  -d '{\(body.joined(separator: ", "))}' \\\n"
        text += "  | awk -F'\"' '{ print $4}' \\\n"
        return text + "  | read EVENT_ID; curl -N \(root)/gradio_api/call/\(function.apiName)/$EVENT_ID"
    }

    private var command: String {
        let lines = arguments.map { argument in
            let value: JSON =
                argument.file.map { ["path": .string($0), "meta": ["_type": "gradio.FileData"]] } ?? argument.telling
            return "\n  \"\(argument.name)\": " + Self.indented(value, by: 2)
        }
        let body = lines.isEmpty ? "{}" : "{\(lines.joined(separator: ","))\n}"
        return "{command} predict \(root) /\(function.apiName) '\(body)'\n"
    }

    private static func pythonLiteral(_ value: JSON) -> String {
        value.string.map { JSON.string($0).text(.python) } ?? value.pythonRepr
    }

    private static func indented(_ value: JSON, by depth: Int) -> String {
        let blanks = String(repeating: " ", count: depth)
        switch value {
        case .object(let object) where !object.isEmpty:
            let members = object.map {
                "\(blanks)  \(JSON.string($0.key).text(.python)): \(indented($0.value, by: depth + 2))"
            }
            return "{\n\(members.joined(separator: ",\n"))\n\(blanks)}"
        case .array(let values) where !values.isEmpty:
            return
                "[\n\(values.map { "\(blanks)  \(indented($0, by: depth + 2))" }.joined(separator: ",\n"))\n\(blanks)]"
        default: return value.text(.python)
        }
    }
}
