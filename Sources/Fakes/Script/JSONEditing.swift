internal import JSONTree
internal import Scenarios

extension JSON {
    /// Itself with some values changed.
    ///
    /// A pointer that leads nowhere is left out, but for its last member in an object, which is added.
    func edited(_ edits: [Edit]) -> JSON {
        edits.reduce(self) { json, edit in
            let steps = edit.pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
                String($0).replacing("~1", with: "/").replacing("~0", with: "~")
            }
            return json.edited(steps[...], edit.value)
        }
    }

    private func edited(_ steps: ArraySlice<String>, _ value: JSON?) -> JSON {
        guard let step = steps.first else { return value ?? .null }
        let rest = steps.dropFirst()
        switch self {
        case .object(var object):
            for key in step == "*" ? Array(object.keys) : [step] {
                if rest.isEmpty {
                    object[key] = value
                } else if let member = object[key] {
                    object[key] = member.edited(rest, value)
                }
            }
            return .object(object)
        case .array(var elements):
            let indices = step == "*" ? Array(elements.indices) : Int(step).map { [$0] } ?? []
            for index in indices.reversed() where elements.indices.contains(index) {
                if rest.isEmpty, value == nil {
                    elements.remove(at: index)
                } else {
                    elements[index] = elements[index].edited(rest, value)
                }
            }
            return .array(elements)
        default:
            return self
        }
    }
}
