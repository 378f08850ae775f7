internal import Fakes
internal import Scenarios

/// Sentences that follow from a seed: they read like an answer, and the same request always gets the same ones.
struct Prose {
    private var luck: SeededRandom

    init(_ luck: SeededRandom) {
        self.luck = luck
    }

    /// Two to five sentences, cut into pieces as a model would send them: a word with the blank before it.
    mutating func pieces() -> [String] {
        passage().pieces
    }

    /// The same sentences, in pieces and in one.
    mutating func passage() -> (pieces: [String], text: [UInt8]) {
        var pieces: [String] = []
        var text: [UInt8] = []
        pieces.reserveCapacity(80)
        text.reserveCapacity(600)
        for _ in 0..<(2 + Int(luck.next() % 4)) {
            for part in Self.parts {
                let phrase = part[Int(luck.next() % UInt64(part.count))]
                pieces += phrase.pieces
                text += phrase.text
            }
            pieces.append(".")
            text.append(UInt8(ascii: "."))
        }
        pieces[0].removeFirst()
        text.removeFirst()
        return (pieces, text)
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
    private static let parts = [openings, subjects, verbs, objects, endings].map { $0.map(Phrase.init) }

    /// Some words with a blank before each.
    private struct Phrase {
        let pieces: [String]
        let text: [UInt8]

        init(_ words: String) {
            pieces = words.split(separator: " ").flatMap { $0.last == "," ? [" " + $0.dropLast(), ","] : [" " + $0] }
            text = pieces.joinedBytes
        }
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
