/// What a model says, and how many tokens that is. It is cut into pieces only when somebody streams it.
struct Wording: Sendable {
    let text: String
    let tokens: Int
    /// Pieces as an upstream's description has them.
    private let described: [String]?

    /// A text of which the tokens are counted already.
    init(_ text: String, tokens: Int) {
        self.text = text
        self.tokens = tokens
        described = nil
    }

    /// A text in which every piece is a token.
    init(_ text: String) {
        self.init(text, tokens: Self.ends(in: text).count)
    }

    /// A text with pieces of its own.
    init(_ text: String, pieces: [String]) {
        self.text = text
        tokens = pieces.count
        described = pieces
    }

    /// The pieces in which a stream has it.
    var pieces: [String] { described ?? Self.pieces(of: text) }

    /// The pieces in which a model would send a text: a word with the blank before it, or a run of signs.
    static func pieces(of text: String) -> [String] {
        let bytes = Array(text.utf8)
        var start = 0
        return ends(in: text).map { end in
            defer { start = end }
            return String(decoding: bytes[start..<end], as: UTF8.self)
        }
    }

    /// Cut at the first stop sequence, then at the greatest number of tokens; and why it ends.
    func bounded(stops: [String], limit: Int?) -> (wording: Wording, finish: String) {
        var cut = self
        if let end = stops.compactMap({ Self.place(of: $0, in: text) }).min() {
            cut = Wording(String(decoding: text.utf8.prefix(end), as: UTF8.self))
        }
        guard let limit, limit > 0, cut.tokens > limit else { return (cut, "stop") }
        let end = Self.ends(in: cut.text)[limit - 1]
        return (Wording(String(decoding: cut.text.utf8.prefix(end), as: UTF8.self), tokens: limit), "length")
    }

    /// Where a stop sequence begins. Bytes are compared, not characters: a line feed stops a CRLF, too.
    private static func place(of stop: String, in text: String) -> Int? {
        var (text, stop) = (text, stop)
        return text.withUTF8 { text in
            stop.withUTF8 { stop in
                guard let first = unsafe stop.first, stop.count <= text.count else { return nil }
                return (0...text.count - stop.count).first { start in
                    unsafe text[start] == first && text[start..<start + stop.count].elementsEqual(stop)
                }
            }
        }
    }

    /// Where each piece ends, counted in bytes.
    private static func ends(in text: String) -> [Int] {
        let bytes = Array(text.utf8)
        var ends: [Int] = []
        ends.reserveCapacity(bytes.count / 4 + 1)
        var place = 0
        var (wasWord, wasBlank) = (false, true)
        func take(isWord: Bool, isBlank: Bool, count: Int) {
            if isBlank || (isWord != wasWord && !wasBlank), place > 0 { ends.append(place) }
            place += count
            (wasWord, wasBlank) = (isWord, isBlank)
        }
        if bytes.allSatisfy({ $0 < 0x80 }) {
            for byte in bytes {
                let isWord = (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || (byte >= 0x30 && byte <= 0x39)
                take(isWord: isWord, isBlank: byte == 0x20, count: 1)
            }
        } else {
            for sign in text {
                take(isWord: sign.isLetter || sign.isNumber, isBlank: sign == " ", count: sign.utf8.count)
            }
        }
        if place > 0 { ends.append(place) }
        return ends
    }
}
