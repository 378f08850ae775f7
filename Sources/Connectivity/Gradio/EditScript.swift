/// The edits by which a later output is told from the one before (protocol of Gradio, section 6). Pure.
enum EditScript {
    /// An edit that does not fit the value.
    struct Misfit: Error, Sendable, Equatable, CustomStringConvertible {
        var description: String
    }

    /// The value after a list of edits, each `[action, path, value]`.
    static func apply(_ edits: JSONValue, to value: JSONValue) throws(Misfit) -> JSONValue {
        guard let edits = edits.array else { throw Misfit(description: "expected a list of edits, got \(edits.kind)") }
        var value = value
        for edit in edits {
            guard let action = edit[0]?.string, let path = edit[1]?.array, let part = edit[2] else {
                throw Misfit(description: "expected an action, a path and a value, got \(edit)")
            }
            try change(&value, path[...], action, part)
        }
        return value
    }

    private static func change(
        _ value: inout JSONValue, _ path: ArraySlice<JSONValue>, _ action: String, _ part: JSONValue
    ) throws(Misfit) {
        guard let step = path.first else {
            switch (action, value) {
            case ("replace", _): value = part
            case ("append", .string(let text)): value = .string(text + (part.string ?? ""))
            default: throw Misfit(description: "\(action) does not fit \(value.kind)")
            }
            return
        }
        let isLast = path.count == 1
        switch value {
        case .array(var elements):
            guard let place = step.integer else { throw Misfit(description: "\(step) is no place in an array") }
            if isLast, action == "add" {
                guard (0...elements.count).contains(place) else { throw outside(place, elements) }
                elements.insert(part, at: place)
            } else {
                guard elements.indices.contains(place) else { throw outside(place, elements) }
                if isLast, action == "delete" {
                    elements.remove(at: place)
                } else {
                    try change(&elements[place], path.dropFirst(), action, part)
                }
            }
            value = .array(elements)
        case .object(var members):
            guard let name = step.string else { throw Misfit(description: "\(step) is no name of a member") }
            if isLast, action == "add" {
                members[name] = part
            } else if isLast, action == "delete" {
                members[name] = nil
            } else {
                guard var member = members[name] else { throw Misfit(description: "there is no member \(name)") }
                try change(&member, path.dropFirst(), action, part)
                members[name] = member
            }
            value = .object(members)
        default: throw Misfit(description: "\(action) at \(step) does not fit \(value.kind)")
        }
    }

    private static func outside(_ place: Int, _ elements: [JSONValue]) -> Misfit {
        Misfit(description: "place \(place) is outside of an array of \(elements.count)")
    }
}
