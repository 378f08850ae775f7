internal import Fakes
internal import Scenarios

/// Sentences that follow from a seed: they read like an answer, and the same request always gets the same ones.
struct Prose {
    private var luck: SeededRandom

    init(_ luck: SeededRandom) {
        self.luck = luck
    }

    /// Two to five sentences.
    mutating func wording() -> Wording {
        var text: [UInt8] = []
        var tokens = 0
        text.reserveCapacity(600)
        for _ in 0..<(2 + Int(luck.next() % 4)) {
            for part in Self.parts {
                let phrase = part[Int(luck.next() % UInt64(part.count))]
                text += phrase.bytes
                tokens += phrase.tokens
            }
            text.append(UInt8(ascii: "."))
            tokens += 1
        }
        return Wording(String(decoding: text.dropFirst(), as: UTF8.self), tokens: tokens)
    }

    /// The parts of a sentence, of each some phrases.
    private static let parts = [openings, subjects, verbs, objects, endings].map { $0.map(Phrase.init) }

    /// Some words with a blank before each, and how many tokens they are.
    private struct Phrase {
        let bytes: [UInt8]
        let tokens: Int

        init(_ words: String) {
            bytes = Array(" ".utf8) + Array(words.utf8)
            tokens = Wording.pieces(of: words).count
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
