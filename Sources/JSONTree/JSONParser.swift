/// Reads one JSON text byte by byte.
///
/// It borrows the bytes for as long as `withUnsafeBufferPointer` lends them and looks at none past the end: every
/// access goes through ``byte(at:)``, which answers 0 there, a byte that no correct text has outside of its strings
/// and none inside.
@safe
struct JSONParser {
    struct Fault: Error {
        let reason: JSONError.Reason
        let place: Int
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private let count: Int
    private let options: JSONParseOptions
    private var place = 0
    /// For strings with escapes; kept, so that they share one allocation.
    private var unescaped: [UInt8] = []

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ options: JSONParseOptions) {
        unsafe self.bytes = unsafe bytes
        self.count = bytes.count
        self.options = options
    }

    mutating func document() -> Result<JSON, Fault> {
        do throws(Fault) {
            skipBlanks()
            let value = try value(depth: 0)
            skipBlanks()
            guard place == count else { throw fault(.extraContent) }
            return .success(value)
        } catch {
            return .failure(error)
        }
    }

    @inline(__always)
    private func byte(at place: Int) -> UInt8 {
        place < count ? unsafe bytes[place] : 0
    }

    private func fault(_ reason: JSONError.Reason) -> Fault {
        Fault(reason: place >= count ? .unexpectedEnd : reason, place: place)
    }

    @inline(__always)
    private mutating func skipBlanks() {
        while true {
            switch byte(at: place) {
            case 0x20, 0x0A, 0x0D, 0x09: place += 1
            default: return
            }
        }
    }

    private mutating func value(depth: Int) throws(Fault) -> JSON {
        switch byte(at: place) {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): return .number(try number())
        case UInt8(ascii: "t"): try word("true"); return .bool(true)
        case UInt8(ascii: "f"): try word("false"); return .bool(false)
        case UInt8(ascii: "n"): try word("null"); return .null
        case UInt8(ascii: "N") where options.acceptsNonFiniteNumbers: try word("NaN"); return .double(.nan)
        case UInt8(ascii: "I") where options.acceptsNonFiniteNumbers: try word("Infinity"); return .double(.infinity)
        default: throw fault(.expectedValue)
        }
    }

    private mutating func word(_ word: String) throws(Fault) {
        var end = place
        for expected in word.utf8 {
            guard byte(at: end) == expected else {
                throw Fault(reason: end < count ? .expectedValue : .unexpectedEnd, place: place)
            }
            end += 1
        }
        place = end
    }

    private mutating func array(depth: Int) throws(Fault) -> [JSON] {
        try descend(to: depth)
        var values: [JSON] = []
        if byte(at: place) == UInt8(ascii: "]") {
            place += 1
            return values
        }
        while true {
            values.append(try value(depth: depth))
            if try ends(with: UInt8(ascii: "]")) { return values }
        }
    }

    private mutating func object(depth: Int) throws(Fault) -> JSONObject {
        try descend(to: depth)
        var object = JSONObject()
        if byte(at: place) == UInt8(ascii: "}") {
            place += 1
            return object
        }
        while true {
            guard byte(at: place) == UInt8(ascii: "\"") else { throw fault(.expectedKey) }
            let key = try string()
            skipBlanks()
            guard byte(at: place) == UInt8(ascii: ":") else { throw fault(.expectedColon) }
            place += 1
            skipBlanks()
            object.append(key, try value(depth: depth))
            if try ends(with: UInt8(ascii: "}")) { return object }
        }
    }

    /// Steps over the bracket that opens a level.
    private mutating func descend(to depth: Int) throws(Fault) {
        guard depth <= options.maximumDepth else { throw Fault(reason: .tooDeep, place: place) }
        place += 1
        skipBlanks()
    }

    /// Behind an element: whether the array or object ends here. If not, a comma does follow and is stepped over.
    @inline(__always)
    private mutating func ends(with bracket: UInt8) throws(Fault) -> Bool {
        skipBlanks()
        let next = byte(at: place)
        guard next == bracket || next == UInt8(ascii: ",") else { throw fault(.expectedCommaOrEnd) }
        place += 1
        if next == bracket { return true }
        skipBlanks()
        return false
    }

    // MARK: Numbers

    private mutating func number() throws(Fault) -> JSONNumber {
        let start = place
        if byte(at: place) == UInt8(ascii: "-") { place += 1 }
        if options.acceptsNonFiniteNumbers, byte(at: place) == UInt8(ascii: "I") {
            try word("Infinity")
            return JSONNumber(-.infinity)
        }
        if byte(at: place) == UInt8(ascii: "0") {
            place += 1
            if byte(at: place).isDigit { throw fault(.invalidNumber) }
        } else {
            try digits()
        }
        if byte(at: place) == UInt8(ascii: ".") {
            place += 1
            try digits()
        }
        if byte(at: place) | 0x20 == UInt8(ascii: "e") {
            place += 1
            if byte(at: place) == UInt8(ascii: "+") || byte(at: place) == UInt8(ascii: "-") { place += 1 }
            try digits()
        }
        let number = JSONNumber(unchecked: unsafe String(decoding: bytes[start..<place], as: UTF8.self))
        return options.respellsNumbers ? number.asPython : number
    }

    private mutating func digits() throws(Fault) {
        guard byte(at: place).isDigit else { throw fault(.invalidNumber) }
        repeat { place += 1 } while byte(at: place).isDigit
    }

    // MARK: Strings

    private mutating func string() throws(Fault) -> String {
        place += 1
        let start = place
        let plain = plainRun()
        if byte(at: place) == UInt8(ascii: "\"") {
            place += 1
            return try text(start..<(place - 1), isASCII: plain)
        }
        return try stringWithEscapes(from: start)
    }

    /// Steps over bytes that mean themselves, up to a quote, a backslash, a control character or the end.
    /// Answers whether all of them are ASCII.
    private mutating func plainRun() -> Bool {
        var seen: UInt8 = 0
        while place < count {
            let byte = unsafe bytes[place]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { break }
            seen |= byte
            place += 1
        }
        return seen < 0x80
    }

    private mutating func stringWithEscapes(from start: Int) throws(Fault) -> String {
        unescaped.removeAll(keepingCapacity: true)
        unsafe unescaped.append(contentsOf: bytes[start..<place])
        while true {
            switch byte(at: place) {
            case UInt8(ascii: "\""):
                place += 1
                guard let text = String(validating: unescaped, as: UTF8.self) else {
                    throw Fault(reason: .invalidUTF8, place: start)
                }
                return text
            case UInt8(ascii: "\\"): try escape()
            default: throw fault(.controlCharacter)
            }
            let run = place
            _ = plainRun()
            unsafe unescaped.append(contentsOf: bytes[run..<place])
        }
    }

    private func text(_ range: Range<Int>, isASCII: Bool) throws(Fault) -> String {
        let part = unsafe UnsafeBufferPointer(rebasing: bytes[range])
        if isASCII { return unsafe String(decoding: part, as: UTF8.self) }
        guard let text = unsafe String(validating: part, as: UTF8.self) else {
            throw Fault(reason: .invalidUTF8, place: range.lowerBound)
        }
        return text
    }

    private mutating func escape() throws(Fault) {
        switch byte(at: place + 1) {
        case UInt8(ascii: "\""): unescaped.append(0x22)
        case UInt8(ascii: "\\"): unescaped.append(0x5C)
        case UInt8(ascii: "/"): unescaped.append(0x2F)
        case UInt8(ascii: "b"): unescaped.append(0x08)
        case UInt8(ascii: "f"): unescaped.append(0x0C)
        case UInt8(ascii: "n"): unescaped.append(0x0A)
        case UInt8(ascii: "r"): unescaped.append(0x0D)
        case UInt8(ascii: "t"): unescaped.append(0x09)
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw Fault(reason: place + 1 < count ? .invalidEscape : .unexpectedEnd, place: place)
        }
        place += 2
    }

    private mutating func unicodeEscape() throws(Fault) {
        guard let unit = codeUnit(at: place) else { throw Fault(reason: .invalidEscape, place: place) }
        var scalar = Unicode.Scalar(unit)
        var length = 6
        if unit & 0xFC00 == 0xD800, let low = codeUnit(at: place + 6), low & 0xFC00 == 0xDC00 {
            scalar = Unicode.Scalar(0x10000 + (UInt32(unit & 0x3FF) << 10 | UInt32(low & 0x3FF)))
            length = 12
        }
        if scalar == nil, options.rejectsLoneSurrogates { throw Fault(reason: .loneSurrogate, place: place) }
        unescaped.append(contentsOf: String(Character(scalar ?? "\u{FFFD}")).utf8)
        place += length
    }

    /// The value of `\uXXXX` at a place, nil if none stands there.
    private func codeUnit(at place: Int) -> UInt16? {
        guard byte(at: place) == UInt8(ascii: "\\"), byte(at: place + 1) == UInt8(ascii: "u") else { return nil }
        var unit: UInt16 = 0
        for offset in 2..<6 {
            let byte = byte(at: place + offset)
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }
}
