/// The word among `words` that was probably meant by `typed`, if one is near enough to be a slip of the finger.
///
/// Near enough is one slip for every three letters, and at least one.
public func nearestWord(to typed: String, among words: [String]) -> String? {
    let typed = typed.lowercased()
    let candidates = words.map { word in
        // Of two words equally near, the one that begins alike is meant.
        (
            word: word, slips: slips(from: typed, to: word.lowercased()),
            unlike: -typed.commonPrefix(with: word.lowercased())
        )
    }
    guard let nearest = candidates.min(by: { ($0.slips, $0.unlike) < ($1.slips, $1.unlike) }) else { return nil }
    if nearest.slips <= max(1, typed.count / 3) { return nearest.word }
    return words.first { $0.lowercased().hasPrefix(typed) && typed.count > 1 }
}

/// "did you mean …?" with the nearest word, or else all words that would have been right.
public func advice(for typed: String, among words: [String]) -> String {
    nearestWord(to: typed, among: words).map { "did you mean \"\($0)\"?" }
        ?? "expected \(words.count > 1 ? "one of " : "")\(words.joined(separator: ", "))"
}

/// How many letters were left out, added, mistaken or swapped with their neighbour.
private func slips(from typed: String, to word: String) -> Int {
    let (a, b) = (Array(typed), Array(word))
    var before: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
        var row = [i + 1]
        for j in b.indices {
            var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, before[j - 1] + 1) }
            row.append(cost)
        }
        (before, last) = (last, row)
    }
    return last[b.count]
}

extension String {
    /// How many letters both begin with.
    fileprivate func commonPrefix(with other: String) -> Int {
        zip(self, other).prefix { $0 == $1 }.count
    }
}
