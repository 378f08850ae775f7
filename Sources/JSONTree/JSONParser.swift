/// Reads one JSON text byte by byte.
///
/// It borrows the bytes for as long as `withUnsafeBufferPointer` lends them. It looks ahead with ``byte(at:)`` alone,
/// which answers 0 past the end, a byte that stands nowhere in a correct text; ranges of bytes end at ``place`` at most,
/// which stays within ``count``.
@safe
struct JSONParser {
    struct Fault: Error {
        let reason: JSONError.Reason
        let place: Int
    }

    let bytes: UnsafeBufferPointer<UInt8>
    let count: Int
    let options: JSONParseOptions
    var place = 0
    /// For strings with escapes; kept, so that they share one allocation.
    var unescaped: [UInt8] = []

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
    func byte(at place: Int) -> UInt8 {
        place < count ? unsafe bytes[place] : 0
    }

    func fault(_ reason: JSONError.Reason) -> Fault {
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

    mutating func word(_ word: String) throws(Fault) {
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
}
