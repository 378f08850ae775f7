internal import JSONTree

/// Whether an output of one type may feed an input of another (`validate_node_input` in upstream's
/// comfy_execution/validation.py).
enum TypeMatch {
    static func fits(_ received: JSON, _ wanted: JSON) -> Bool {
        if received == wanted { return true }
        if isFree(received) || isFree(wanted) { return true }
        // Older node packs have outputs whose type is a list of options.
        if received.array != nil, wanted == "COMBO" { return true }
        guard let received = received.string, let wanted = wanted.string else { return false }
        let (offered, accepted) = (names(in: received), names(in: wanted))
        return offered.contains("*") || accepted.contains("*") || !offered.isDisjoint(with: accepted)
    }

    private static func isFree(_ type: JSON) -> Bool { type == "*" || type == "COMFY_MATCHTYPE_V3" }

    private static func names(in union: String) -> Set<Substring> {
        Set(
            union.split(separator: ",").map { part in
                var name = part
                while name.first == " " { name.removeFirst() }
                while name.last == " " { name.removeLast() }
                return name
            })
    }
}
