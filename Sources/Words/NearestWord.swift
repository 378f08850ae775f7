/// A longer word is no slip of the finger, and costs time to compare.
private let longest = 80
/// No more words than these are listed.
private let mostListed = 24

/// The word among `words` that was probably meant by `typed`, if one is near enough to be a slip of the finger.
///
/// Near enough is one slip for every three letters, and at least one; or the beginning of a word.
public func nearestWord(to typed: String, among words: [String]) -> String? {
    guard typed.utf8.count <= longest else { return nil }
    let typed = Array(typed.lowercased())
    let most = max(1, typed.count / 3)
    var nearest: (word: String, slips: Int, unlike: Int)?
    for word in words {
        let letters = Array(word.lowercased())
        // Words of very different lengths are far apart; no need to count how far.
        guard abs(letters.count - typed.count) <= most else { continue }
        let slips = slips(from: typed, to: letters)
        // Of two words equally near, the one that begins alike is meant.
        let unlike = -zip(typed, letters).prefix { $0 == $1 }.count
        if let nearest, (nearest.slips, nearest.unlike) <= (slips, unlike) { continue }
        nearest = (word, slips, unlike)
    }
    if let nearest, nearest.slips <= most { return nearest.word }
    return typed.count > 1 ? words.first { Array($0.lowercased()).starts(with: typed) } : nil
}

/// "did you mean …?" with the nearest word, or else the words that would have been right.
public func advice(for typed: String, among words: [String]) -> String {
    if let nearest = nearestWord(to: typed, among: words) { return "did you mean \"\(nearest)\"?" }
    guard !words.isEmpty else { return "there is none" }
    let listed = words.prefix(mostListed).joined(separator: ", ") + (words.count > mostListed ? ", …" : "")
    return "expected \(words.count > 1 ? "one of " : "")\(listed)"
}

/// How many letters were left out, added, mistaken or swapped with their neighbour.
private func slips(from typed: [Character], to word: [Character]) -> Int {
    var before: [Int] = []
    var last = Array(0...word.count)
    for i in typed.indices {
        var row = [i + 1]
        for j in word.indices {
            var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (typed[i] == word[j] ? 0 : 1))
            if i > 0, j > 0, typed[i] == word[j - 1], typed[i - 1] == word[j] { cost = min(cost, before[j - 1] + 1) }
            row.append(cost)
        }
        (before, last) = (last, row)
    }
    return last[word.count]
}
