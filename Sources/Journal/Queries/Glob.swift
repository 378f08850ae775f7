/// A text with holes: `*` stands for anything, and in a path `{name}` for (a part of) one segment, `{name...}` for the
/// rest.
///
/// Matching takes time in proportion to text and pattern, whatever they are: both come from outside.
struct Glob: Sendable {
    private enum Part: Sendable, Hashable {
        case byte(UInt8)
        /// Anything, nothing included.
        case any
        /// At least one byte, none of them a slash.
        case segment
    }

    private let parts: [Part]

    /// Nil when the text has no holes: then it stands for itself.
    init?(_ text: String, isPath: Bool) {
        var parts: [Part] = []
        var rest = text.utf8[...]
        while let byte = rest.first {
            if byte == UInt8(ascii: "*") {
                parts.append(.any)
            } else if isPath, byte == UInt8(ascii: "{"), let close = rest.firstIndex(of: UInt8(ascii: "}")) {
                parts.append(rest[..<close].suffix(3).elementsEqual("...".utf8) ? .any : .segment)
                rest = rest[close...]
            } else {
                parts.append(.byte(byte))
            }
            rest = rest.dropFirst()
        }
        if parts.allSatisfy({ if case .byte = $0 { true } else { false } }) { return nil }
        self.parts = parts
    }

    func matches(_ text: String) -> Bool {
        // All places in the pattern that the bytes so far can have led to. `inside` are segments with a byte already.
        var places = Set([0])
        var inside = Set<Int>()
        skip(&places)
        for byte in text.utf8 {
            var next = Set<Int>()
            var nextInside = Set<Int>()
            for place in places where place < parts.count {
                switch parts[place] {
                case .byte(let wanted): if byte == wanted { next.insert(place + 1) }
                case .any: next.insert(place)
                case .segment: if byte != UInt8(ascii: "/") { nextInside.insert(place) }
                }
            }
            for place in inside where byte != UInt8(ascii: "/") { nextInside.insert(place) }
            for place in nextInside { next.insert(place + 1) }
            skip(&next)
            (places, inside) = (next, nextInside)
            if places.isEmpty, inside.isEmpty { return false }
        }
        return places.contains(parts.count)
    }

    /// Adds the places behind those parts that may stand for nothing.
    private func skip(_ places: inout Set<Int>) {
        for var place in places {
            while place < parts.count, parts[place] == .any {
                place += 1
                places.insert(place)
            }
        }
    }
}
