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

    private enum Sign {
        case blank, ofWord, other
    }

    /// Where each piece ends, counted in bytes.
    private static func ends(in text: String) -> [Int] {
        let bytes = Array(text.utf8)
        guard bytes.allSatisfy({ $0 < 0x80 }) else {
            return ends(
                of: text.lazy.map { sign in
                    (sign == " " ? .blank : sign.isLetter || sign.isNumber ? .ofWord : .other, sign.utf8.count)
                }, roomFor: bytes.count)
        }
        return ends(
            of: bytes.lazy.map { byte in
                let isOfWord = (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || (byte >= 0x30 && byte <= 0x39)
                return (byte == 0x20 ? .blank : isOfWord ? .ofWord : .other, 1)
            }, roomFor: bytes.count)
    }

    @inline(__always)
    private static func ends(of signs: some Sequence<(Sign, bytes: Int)>, roomFor count: Int) -> [Int] {
        var ends: [Int] = []
        ends.reserveCapacity(count / 4 + 1)
        var place = 0
        var last = Sign.blank
        for (sign, bytes) in signs {
            if place > 0, sign == .blank || (sign != last && last != .blank) { ends.append(place) }
            place += bytes
            last = sign
        }
        if place > 0 { ends.append(place) }
        return ends
    }
}
