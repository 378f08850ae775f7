internal import JSONTree

/// Classes that hold one value, and the one that shows any.
enum PrimitiveNodes {
    static let all: [String: NodeBehaviour] = [
        "PrimitiveInt": .passing("value"),
        "PrimitiveFloat": .passing("value"),
        "PrimitiveString": .passing("value"),
        "PrimitiveStringMultiline": .passing("value"),
        "PrimitiveBoolean": .passing("value"),
        "PreviewAny": NodeBehaviour { call, _ in
            let text: JSON =
                switch call["source"] {
                case .json(.object(let object)): .string(JSON.object(object).indented())
                case .json(.array(let values)): .string(JSON.array(values).indented())
                case .json(let value): .string(value.pythonStr)
                // This class has PyTorch print six numbers at each end.
                case .images(let batch): .string(TensorText.images(batch, edge: 6))
                case .mask(let batch): .string(TensorText.mask(batch, edge: 6))
                case let other: .string(other.pythonText.pythonStr)
                }
            return NodeOutcome(values: [.json(text)], ui: ["text": [text]])
        },
    ]
}

extension JSON {
    /// As `json.dumps(value, indent=4)` writes it.
    fileprivate func indented(by depth: Int = 0) -> String {
        let (inner, outer) = (String(repeating: " ", count: 4 * (depth + 1)), String(repeating: " ", count: 4 * depth))
        switch self {
        case .array(let values) where !values.isEmpty:
            let lines = values.map { inner + $0.indented(by: depth + 1) }
            return "[\n" + lines.joined(separator: ",\n") + "\n\(outer)]"
        case .object(let object) where !object.isEmpty:
            let lines = object.map { member in
                inner + JSON.string(member.key).text(.python) + ": " + member.value.indented(by: depth + 1)
            }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(outer)}"
        default: return text(.python)
        }
    }
}
