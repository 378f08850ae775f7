/// Reads a NAL unit: takes the emulation prevention out and refuses what should have had it.
struct BitReader {
    private var bytes: [UInt8] = []
    private var position = 0
    private let end: Int

    init(_ unit: ArraySlice<UInt8>) throws {
        var zeros = 0
        for byte in unit {
            if zeros >= 2, byte == 3 {
                zeros = 0
                continue
            }
            guard zeros < 2 || byte > 3 else { throw FilmReader.Malformed(reason: "a start code inside of a unit") }
            zeros = byte == 0 ? zeros + 1 : 0
            bytes.append(byte)
        }
        guard let last = bytes.last, last != 0 else { throw FilmReader.Malformed(reason: "no stop bit") }
        end = bytes.count * 8 - 1 - last.trailingZeroBitCount
    }

    var isAtEnd: Bool { position == end }

    mutating func bits(_ count: Int) throws -> Int {
        guard position + count <= end else { throw FilmReader.Malformed(reason: "a unit ends too early") }
        var value = 0
        for _ in 0..<count {
            value = value << 1 | Int(bytes[position / 8] >> UInt8(7 - position % 8) & 1)
            position += 1
        }
        return value
    }

    mutating func code() throws -> Int {
        var zeros = 0
        while try bits(1) == 0 { zeros += 1 }
        return (1 << zeros) - 1 + (try bits(zeros))
    }

    mutating func alignedBytes(_ count: Int) throws -> ArraySlice<UInt8> {
        if position % 8 > 0, try bits(8 - position % 8) != 0 {
            throw FilmReader.Malformed(reason: "alignment of other bits than zeros")
        }
        guard position + count * 8 <= end else { throw FilmReader.Malformed(reason: "samples cut off") }
        defer { position += count * 8 }
        return bytes[position / 8..<position / 8 + count]
    }

    func expect(_ value: Int, _ expected: Int, _ name: String) throws {
        guard value == expected else {
            throw FilmReader.Malformed(reason: "\(name): expected \(expected), got \(value)")
        }
    }
}
