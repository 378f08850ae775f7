/// What SHA-1 and SHA-256 have in common (FIPS 180-4, sections 5.1.1 and 5.2.1): the padded message in blocks of 512 bits.
enum HashBlocks {
    /// Writes each block as sixteen words to the beginning of `schedule`, then calls `body`.
    static func forEach(of bytes: [UInt8], into schedule: inout [UInt32], _ body: (inout [UInt32]) -> Void) {
        let whole = bytes.count / 64 * 64
        var end = Array(bytes[whole...])
        end.append(0x80)
        while end.count % 64 != 56 { end.append(0) }
        let bits = UInt64(bytes.count) * 8
        for shift in stride(from: 56, through: 0, by: -8) {
            end.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
        }
        for start in stride(from: 0, to: whole, by: 64) {
            read(bytes, from: start, into: &schedule)
            body(&schedule)
        }
        for start in stride(from: 0, to: end.count, by: 64) {
            read(end, from: start, into: &schedule)
            body(&schedule)
        }
    }

    /// Eight hexadecimal digits a word, lower case.
    static func hex(_ words: [UInt32]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(words.count * 8)
        for word in words {
            for shift in stride(from: 28, through: 0, by: -4) {
                let digit = UInt8(word >> UInt32(shift) & 0xF)
                text.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func read(_ bytes: [UInt8], from start: Int, into words: inout [UInt32]) {
        for index in 0..<16 {
            let place = start + index * 4
            words[index] =
                UInt32(bytes[place]) << 24 | UInt32(bytes[place + 1]) << 16 | UInt32(bytes[place + 2]) << 8
                | UInt32(bytes[place + 3])
        }
    }
}

extension UInt32 {
    func rotated(right count: UInt32) -> UInt32 { self &>> count | self &<< (32 - count) }
}
