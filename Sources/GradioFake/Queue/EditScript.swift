import JSONTree

/// The differences between two values of a generator's output, as Gradio sends them.
///
/// An edit is `[action, path, value]`. Clients apply them in order to the value that they have.
enum EditScript {
    private struct Edit {
        var action: String
        var path: [JSON]
        var value: JSON
    }

    /// The edits that turn one value into another; none if they are equal.
    ///
    /// - Parameter isOpaque: whether the value is replaced as a whole whatever changed in it, as that of the JSON
    ///   component is.
    static func edits(from old: JSON, to new: JSON, isOpaque: Bool = false) -> JSON {
        if isOpaque { return Arithmetic.areEqual(old, new) ? [] : [["replace", [], new]] }
        return .array(
            difference(old, new).map { [.string($0.action), .array($0.path), $0.value] })
    }

    private static func difference(_ old: JSON, _ new: JSON) -> [Edit] {
        // Equal are 1, 1.0 and true.
        if Arithmetic.areEqual(old, new) { return [] }
        switch (old, new) {
        case (.string(let old), .string(let tail)) where tail.utf8.starts(with: old.utf8):
            return [
                Edit(
                    action: "append", path: [],
                    value: .string(String(decoding: tail.utf8.dropFirst(old.utf8.count), as: UTF8.self)))
            ]
        case (.array(let old), .array(let new)): return lists(old, new)
        case (.object(let old), .object(let new)): return objects(old, new)
        default: return [Edit(action: "replace", path: [], value: new)]
        }
    }

    /// By position; what is too much goes, what is too little comes.
    private static func lists(_ old: [JSON], _ new: [JSON]) -> [Edit] {
        var edits: [Edit] = []
        for place in 0..<min(old.count, new.count) {
            edits += difference(old[place], new[place]).map { within(.int(place), $0) }
        }
        for place in new.count..<max(old.count, new.count) {
            edits.append(Edit(action: "delete", path: [.int(place)], value: .null))
        }
        for place in old.count..<max(old.count, new.count) {
            edits.append(Edit(action: "add", path: [.int(place)], value: new[place]))
        }
        return lowered(edits)
    }

    /// Deletes name places as they are after the deletes before them.
    ///
    /// Each list does this for all deletes within it, those that an inner list has lowered already included: a fault of
    /// the real server, which makes clients show wrong values until the completion.
    private static func lowered(_ edits: [Edit]) -> [Edit] {
        var deleted = 0
        return edits.map { edit in
            guard edit.action == "delete", let last = edit.path.last?.int else { return edit }
            var edit = edit
            edit.path[edit.path.count - 1] = .int(last - deleted)
            deleted += 1
            return edit
        }
    }

    /// Old keys in their order, then new ones.
    private static func objects(_ old: JSONObject, _ new: JSONObject) -> [Edit] {
        var edits: [Edit] = []
        for (key, value) in old {
            if let now = new[key] {
                edits += difference(value, now).map { within(.string(key), $0) }
            } else {
                edits.append(Edit(action: "delete", path: [.string(key)], value: .null))
            }
        }
        for (key, value) in new where old[key] == nil {
            edits.append(Edit(action: "add", path: [.string(key)], value: value))
        }
        return edits
    }

    private static func within(_ step: JSON, _ edit: Edit) -> Edit {
        Edit(action: edit.action, path: [step] + edit.path, value: edit.value)
    }
}
