internal import JSONTree

/// An exception of the server's interpreter, as far as clients get to see it.
struct PythonError: Error, Hashable {
    /// The bare name for built-in exceptions, `module.Name` for all others.
    let type: String
    /// What `str()` of it gives.
    let text: String
    /// A line of advice that the server adds.
    var hint = ""

    static func key(_ repr: String) -> PythonError { PythonError(type: "KeyError", text: repr) }
    static func type(_ text: String) -> PythonError { PythonError(type: "TypeError", text: text) }
    static func value(_ text: String) -> PythonError { PythonError(type: "ValueError", text: text) }
    static func index(_ text: String) -> PythonError { PythonError(type: "IndexError", text: text) }
    static func attribute(_ text: String) -> PythonError { PythonError(type: "AttributeError", text: text) }

    /// A traceback of that many plausible lines; its text is nobody's contract, its shape is.
    func traceback(in functions: [String]) -> [String] {
        functions.map { "  File \"/srv/ComfyUI/execution.py\", line 1, in \($0)\n    \($0)(…)\n" }
    }

    /// The members of an `execution_error` that tell of the exception; a line for the hint follows its text.
    ///
    /// - Parameters:
    ///   - inputs: what the node was called with.
    ///   - known: the nodes that the cache knows: all of the prompt.
    func report(inputs: JSONObject, known: [JSON]) -> JSONObject {
        let functions = ["execute", "get_output_data", "_async_map_node_over_list", "process_inputs"]
        return [
            "exception_message": .string(text + "\n" + hint), "exception_type": .string(type),
            "traceback": .array(traceback(in: functions).map { .string($0) }), "current_inputs": .object(inputs),
            "current_outputs": .array(known),
        ]
    }
}
