extension JSONParser {
    /// Steps over a number and keeps it as it is spelled.
    mutating func number() throws(Fault) -> JSONNumber {
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
}
