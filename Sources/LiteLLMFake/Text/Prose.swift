internal import Fakes

/// Sentences that follow from a seed: they read like an answer, and the same request always gets the same ones.
struct Prose {
    private var luck: SeededRandom

    init(_ luck: SeededRandom) {
        self.luck = luck
    }

    /// Two to five sentences, cut into pieces as a model would send them: a word with the blank before it.
    mutating func pieces() -> [String] {
        var pieces: [String] = []
        pieces.reserveCapacity(80)
        for _ in 0..<(2 + Int(luck.next() % 4)) {
            for part in Self.parts { pieces += part[Int(luck.next() % UInt64(part.count))] }
            pieces.append(".")
        }
        pieces[0].removeFirst()
        return pieces
    }

    /// The pieces of a given text.
    static func pieces(of text: String) -> [String] {
        var pieces: [String] = []
        var current = ""
        var previousIsWord = false
        for character in text {
            let isWord = character.isLetter || character.isNumber
            let begins = character == " " || (isWord != previousIsWord && current.last != " ")
            if begins, !current.isEmpty {
                pieces.append(current)
                current = ""
            }
            current.append(character)
            previousIsWord = isWord
        }
        if !current.isEmpty { pieces.append(current) }
        return pieces
    }

    /// The parts of a sentence, of each some phrases, cut into pieces once and for all.
    private static let parts = [openings, subjects, verbs, objects, endings].map { $0.map(cut) }

    private static func cut(_ phrase: String) -> [String] {
        phrase.split(separator: " ").flatMap { $0.last == "," ? [" " + $0.dropLast(), ","] : [" " + $0] }
    }

    private static let openings = [
        "In short,", "To begin with,", "As far as we can tell,", "On closer look,", "In practice,", "At first sight,",
        "For most purposes,", "After all,",
    ]
    private static let subjects = [
        "the quiet river", "a careful plan", "the old lighthouse", "each small step", "the second draft",
        "a patient reader", "the morning train", "this simple idea", "the far shore", "a good question",
    ]
    private static let verbs = [
        "follows", "explains", "gathers", "outlives", "answers", "carries", "shapes", "remembers", "leads to",
        "rests on",
    ]
    private static let objects = [
        "the shape of the hill", "a longer story", "the work of many hands", "what came before",
        "the light in the room",
        "an honest account", "the sound of the sea", "more than it promises", "the next one", "a common ground",
    ]
    private static let endings = [
        "with little effort", "before the evening", "in its own time", "and nobody minds", "as one would hope",
        "without much noise", "and so it goes on", "when the wind turns", "again and again", "in the end",
    ]
}
