internal import Glibc

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
        var tokens = 0
        Self.eachEnd(in: text) { _ in
            tokens += 1
            return true
        }
        self.init(text, tokens: tokens)
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
        var pieces: [String] = []
        pieces.reserveCapacity(text.utf8.count / 4 + 1)
        var rest = text.utf8[...]
        var start = 0
        eachEnd(in: text) { end in
            pieces.append(String(Substring(rest.prefix(end - start))))
            rest.removeFirst(end - start)
            start = end
            return true
        }
        return pieces
    }

    /// Cut at the first stop sequence, then at the greatest number of tokens; and why it ends.
    func bounded(stops: [String], limit: Int?) -> (wording: Wording, finish: String) {
        var cut = self
        if let end = stops.compactMap({ Self.place(of: $0, in: text) }).min() {
            cut = Wording(Self.beginning(of: text, end))
        }
        guard let limit, limit > 0, cut.tokens > limit else { return (cut, "stop") }
        var tokens = 0
        var end = 0
        Self.eachEnd(in: cut.text) {
            tokens += 1
            end = $0
            return tokens < limit
        }
        return (Wording(Self.beginning(of: cut.text, end), tokens: limit), "length")
    }

    /// So many bytes of a text. A stop sequence may begin inside of a character.
    private static func beginning(of text: String, _ count: Int) -> String {
        String(decoding: text.utf8.prefix(count), as: UTF8.self)
    }

    /// Where a stop sequence begins. Bytes are compared, not characters: a line feed stops a CRLF, too.
    private static func place(of stop: String, in text: String) -> Int? {
        var (text, stop) = (text, stop)
        return text.withUTF8 { text in
            stop.withUTF8 { stop in unsafe place(of: stop, in: text) }
        }
    }

    private static func place(of stop: UnsafeBufferPointer<UInt8>, in text: UnsafeBufferPointer<UInt8>) -> Int? {
        guard let start = text.baseAddress, let wanted = stop.baseAddress, !stop.isEmpty else { return nil }
        var place = 0
        while place + stop.count <= text.count {
            let found = unsafe memchr(start + place, Int32(wanted[0]), text.count - stop.count + 1 - place)
            guard let found = unsafe found else { return nil }
            place = unsafe UnsafeRawPointer(found) - UnsafeRawPointer(start)
            if unsafe memcmp(start + place, wanted, stop.count) == 0 { return place }
            place += 1
        }
        return nil
    }

    fileprivate enum Sign {
        case blank, ofWord, other
    }

    /// Tells where each piece ends, counted in bytes, until nobody wants to know any more.
    @inline(__always)
    private static func eachEnd(in text: String, _ tell: (Int) -> Bool) {
        var text = text
        let isPlain = text.withUTF8 { bytes in
            guard unsafe bytes.reduce(0, |) < 0x80 else { return false }
            unsafe eachEnd(of: bytes.lazy.map { (Sign(ascii: $0), 1) }, tell)
            return true
        }
        if isPlain { return }
        eachEnd(
            of: text.lazy.map { sign in
                (sign == " " ? .blank : sign.isLetter || sign.isNumber ? .ofWord : .other, sign.utf8.count)
            }, tell)
    }

    @inline(__always)
    private static func eachEnd(of signs: some Sequence<(Sign, bytes: Int)>, _ tell: (Int) -> Bool) {
        var place = 0
        var last = Sign.blank
        for (sign, bytes) in signs {
            if place > 0, sign == .blank || (sign != last && last != .blank), !tell(place) { return }
            place += bytes
            last = sign
        }
        if place > 0 { _ = tell(place) }
    }
}

extension Wording.Sign {
    @inline(__always)
    fileprivate init(ascii byte: UInt8) {
        let isOfWord = (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10
        self = byte == 0x20 ? .blank : isOfWord ? .ofWord : .other
    }
}
