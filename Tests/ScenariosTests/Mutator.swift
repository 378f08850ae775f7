@testable import Scenarios

/// Changes a text here and there.
struct Mutator {
    var random: SeededRandom
    private static let pieces = [
        "{", "}", "[", "]", ":", ",", "\"", "'", "\n", "\t", "#", "&a ", "*a", "<<: ", "- ", "? ", "| ", "!!str ",
        "\\",
        "\u{0}", "\u{FEFF}", "\u{301}", "😀", "-1", "1e999", "99999999999999999999", "{...}", "*", "null", "~", "0",
        "delay", "effects", "when", "on", "nth", "((((", "(?<a>", "\\p{", ".inf", "0x1F", "\r\n", "%", "@",
    ]

    mutating func mutate(_ text: String, edits: Int = 4) -> String {
        var scalars = Array(text.unicodeScalars)
        for _ in 0..<Int.random(in: 1...edits, using: &random) {
            let at = Int.random(in: 0...scalars.count, using: &random)
            let end = min(scalars.count, at + Int.random(in: 0...12, using: &random))
            switch Int.random(in: 0..<5, using: &random) {
            case 0: scalars.removeSubrange(at..<end)
            case 1: scalars.insert(contentsOf: scalars[at..<end], at: at)
            case 2: scalars = Array(scalars[..<at])
            default:
                let piece = Self.pieces[Int.random(in: 0..<Self.pieces.count, using: &random)]
                scalars.replaceSubrange(at..<end, with: Array(piece.unicodeScalars))
            }
        }
        var mutated = ""
        mutated.unicodeScalars.append(contentsOf: scalars)
        return mutated
    }
}
