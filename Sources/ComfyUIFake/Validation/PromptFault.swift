internal import JSONTree

/// One fault that validation found, in the shape in which `400` answers of `POST /prompt` hold it.
struct PromptFault: Hashable, Sendable {
    let type: String
    let message: String
    var details: String
    var extraInfo: JSONObject = [:]

    var json: JSON {
        [
            "type": .string(type), "message": .string(message), "details": .string(details),
            "extra_info": .object(extraInfo),
        ]
    }
}

// Faults of the prompt as a whole (`validate_prompt` in upstream's execution.py, `post_prompt` in server.py).
extension PromptFault {
    static let noPrompt = PromptFault(
        type: "no_prompt", message: "No prompt provided", details: "No prompt provided")

    static let invalidPromptID = PromptFault(
        type: "invalid_prompt_id", message: "prompt_id must be a valid UUID",
        details:
            "prompt_id must be a UUID string in canonical lowercase hyphenated form; omit it to let the server generate one"
    )

    static let noOutputs = PromptFault(type: "prompt_no_outputs", message: "Prompt has no outputs", details: "")

    static func missingClass(node id: String, title: JSON?) -> PromptFault {
        PromptFault(
            type: "missing_node_type",
            message:
                "Node '\(title?.pythonStr ?? "ID #\(id)")' has no class_type. The workflow may be corrupted or a custom node is missing.",
            details: "Node ID '#\(id)'",
            extraInfo: ["node_id": .string(id), "class_type": .null, "node_title": title ?? .null])
    }

    static func unknownClass(_ name: JSON, node id: String, title: JSON?) -> PromptFault {
        PromptFault(
            type: "missing_node_type",
            message: "Node '\((title ?? name).pythonStr)' not found. The custom node may not be installed.",
            details: "Node ID '#\(id)'",
            extraInfo: ["node_id": .string(id), "class_type": name, "node_title": title ?? name])
    }

    static func outputsFailed(_ faults: [PromptFault]) -> PromptFault {
        PromptFault(
            type: "prompt_outputs_failed_validation", message: "Prompt outputs failed validation",
            details: faults.map { "\($0.message): \($0.details)" }.joined(separator: "\n"))
    }
}

// Faults of one input (`validate_inputs` in upstream's execution.py).
extension PromptFault {
    static func missing(_ name: String) -> PromptFault {
        PromptFault(
            type: "required_input_missing", message: "Required input is missing", details: name,
            extraInfo: ["input_name": .string(name)])
    }

    static func badLink(_ name: String, _ config: JSON, _ value: JSON) -> PromptFault {
        PromptFault(
            type: "bad_linked_input", message: "Bad linked input, must be a length-2 list of [node_id, slot_index]",
            details: name, extraInfo: about(name, config, value))
    }

    static func mismatch(_ name: String, _ config: JSON, received: JSON, wanted: JSON, link: JSON) -> PromptFault {
        PromptFault(
            type: "return_type_mismatch", message: "Return type mismatch between linked nodes",
            details: "\(name), received_type(\(received.pythonStr)) mismatch input_type(\(wanted.pythonStr))",
            extraInfo: [
                "input_name": .string(name), "input_config": config, "received_type": received, "linked_node": link,
            ])
    }

    static func unconvertible(
        _ name: String, _ config: JSON, _ value: JSON, to type: String, _ error: PythonError
    ) -> PromptFault {
        var info = about(name, config, value)
        info["exception_message"] = .string(error.text)
        return PromptFault(
            type: "invalid_input_type", message: "Failed to convert an input value to a \(type) value",
            details: "\(name), \(value.pythonStr), \(error.text)", extraInfo: info)
    }

    static func tooSmall(_ name: String, _ config: JSON, _ value: JSON, _ bound: JSON) -> PromptFault {
        PromptFault(
            type: "value_smaller_than_min", message: "Value \(value.pythonStr) smaller than min of \(bound.pythonStr)",
            details: name, extraInfo: about(name, config, value))
    }

    static func tooBig(_ name: String, _ config: JSON, _ value: JSON, _ bound: JSON) -> PromptFault {
        PromptFault(
            type: "value_bigger_than_max", message: "Value \(value.pythonStr) bigger than max of \(bound.pythonStr)",
            details: name, extraInfo: about(name, config, value))
    }

    /// Long lists are not sent back: more than 20 options are counted, and the config is left out.
    static func notInList(_ name: String, _ config: JSON, _ value: JSON, wrong: [JSON], options: [JSON]) -> PromptFault
    {
        let isLong = options.count > 20
        let list = isLong ? "(list of length \(options.count))" : JSON.array(options).pythonRepr
        return PromptFault(
            type: "value_not_in_list", message: "Value not in list",
            details: "\(name): \(wrong.map(\.pythonRepr).joined(separator: ", ")) not in \(list)",
            extraInfo: about(name, isLong ? .null : config, value))
    }

    static func custom(_ name: String, _ complaint: String?) -> PromptFault {
        PromptFault(
            type: "custom_validation_failed", message: "Custom validation failed for node",
            details: complaint.map { "\(name) - \($0)" } ?? name, extraInfo: ["input_name": .string(name)])
    }

    static func cycle(at id: String, path: String, nodes: [String]) -> PromptFault {
        PromptFault(
            type: "dependency_cycle", message: "Dependency cycle detected", details: path,
            extraInfo: ["node_id": .string(id), "cycle_nodes": .array(nodes.map { .string($0) })])
    }

    static func exception(_ error: PythonError) -> PromptFault {
        PromptFault(
            type: "exception_during_validation", message: "Exception when validating node", details: error.text,
            extraInfo: [
                "exception_type": .string(error.type),
                "traceback": traceback(error, ["validate_prompt", "validate_inputs"]),
            ])
    }

    static func innerException(_ error: PythonError, _ name: String, _ config: JSON, link: JSON) -> PromptFault {
        PromptFault(
            type: "exception_during_inner_validation", message: "Exception when validating inner node",
            details: error.text,
            extraInfo: [
                "input_name": .string(name), "input_config": config, "exception_message": .string(error.text),
                "exception_type": .string(error.type), "traceback": traceback(error, ["validate_inputs"]),
                "linked_node": link,
            ])
    }

    private static func about(_ name: String, _ config: JSON, _ value: JSON) -> JSONObject {
        ["input_name": .string(name), "input_config": config, "received_value": value]
    }

    private static func traceback(_ error: PythonError, _ functions: [String]) -> JSON {
        .array(error.traceback(in: functions).map { .string($0) })
    }
}
