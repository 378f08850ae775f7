/// Why an app file cannot be used, and where.
///
/// Nothing of a wrong file is used: a fake that plays half of an app would mislead its users.
public struct AppFileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file's name as it was given.
    public let file: String
    /// The line of the fault; the first is 1.
    public let line: Int
    /// The column of the fault; the first is 1.
    public let column: Int
    /// What is wrong, and what would be right.
    public let message: String

    /// `app.yaml:12:5: there is no component type "textbo"; did you mean "textbox"?`
    public var description: String { "\(file):\(line):\(column): \(message)" }
}

/// Finds what somebody meant.
enum NearestWord {
    /// The word of a list that differs least, if it is near enough to be meant.
    static func to(_ word: String, in choices: some Sequence<String>) -> String? {
        let near = choices.map { ($0, distance(word.lowercased(), $0.lowercased())) }
            .min { $0.1 < $1.1 }
        guard let near, near.1 <= max(2, word.count / 2) else { return nil }
        return near.0
    }

    /// ` did you mean "…"?`, or nothing.
    static func hint(for word: String, in choices: some Sequence<String>) -> String {
        to(word, in: choices).map { "; did you mean \"\($0)\"?" } ?? ""
    }

    /// How many letters must be changed, added, removed or swapped with their neighbour.
    private static func distance(_ left: String, _ right: String) -> Int {
        let a = Array(left)
        let b = Array(right)
        var before = [Int](repeating: 0, count: b.count + 1)
        var above = Array(0...b.count)
        for (row, letter) in a.enumerated() {
            var line = [row + 1] + [Int](repeating: 0, count: b.count)
            for (column, other) in b.enumerated() {
                var best = min(above[column + 1] + 1, line[column] + 1, above[column] + (letter == other ? 0 : 1))
                if row > 0, column > 0, letter == b[column - 1], a[row - 1] == other {
                    best = min(best, before[column - 1] + 1)
                }
                line[column + 1] = best
            }
            (before, above) = (above, line)
        }
        return above[b.count]
    }
}
