/// Events of a stream whose grammar is broken, or strained (WHATWG HTML, "Server-sent events").
enum EventBytes {
    /// Without the empty line at its end: it runs into the next event.
    static func withoutEnd(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        while bytes.last == 0x0A || bytes.last == 0x0D { bytes.removeLast() }
        return bytes + [0x0A]
    }

    /// Cut inside the first character of several bytes; in the middle if there is none.
    static func splitInsideCharacter(_ bytes: [UInt8]) -> ([UInt8], [UInt8]) {
        let place = bytes.firstIndex { $0 >= 0xC0 }.map { $0 + 1 } ?? bytes.count / 2
        return (Array(bytes[..<place]), Array(bytes[place...]))
    }

    /// LF, CR and CRLF in turn, all of which end a line.
    static func withMixedLineEnds(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var count = 0
        for byte in bytes {
            guard byte == 0x0A else {
                result.append(byte)
                continue
            }
            switch count % 3 {
            case 0: result.append(0x0D)
            case 1: result += [0x0D, 0x0A]
            default: result.append(0x0A)
            }
            count += 1
        }
        return result
    }

    /// Without the last brace or bracket, so that its JSON is never closed.
    static func withoutLastBrace(_ bytes: [UInt8]) -> [UInt8] {
        guard let place = bytes.lastIndex(where: { $0 == 0x7D || $0 == 0x5D }) else { return bytes }
        var bytes = bytes
        bytes.remove(at: place)
        return bytes
    }
}
