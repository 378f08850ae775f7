extension JSONParser {
    /// Steps over a string from quote to quote.
    mutating func string() throws(Fault) -> String {
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
