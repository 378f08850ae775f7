/// Random numbers that follow from a seed and from what they are for.
///
/// Each request takes a stream of its own, named after the fake, the client and the client's count, so that the
/// same request gets the same numbers in whatever order concurrent ones arrive. The generator is xoshiro256**
/// (Blackman and Vigna 2018), seeded by SplitMix64 over a hash of the names.
public struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    public init(seed: UInt64, _ parts: String...) {
        self.init(seed: seed, parts: parts)
    }

    public init(seed: UInt64, parts: [String]) {
        // FNV-1a; a byte that no UTF-8 text holds parts the names.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ seed &* 0x9E37_79B9_7F4A_7C15
        for part in parts {
            var part = part
            hash = part.withUTF8 { unsafe $0.reduce(hash) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 } }
            hash = (hash ^ 0xFF) &* 0x100_0000_01B3
        }
        func mix() -> UInt64 {
            hash &+= 0x9E37_79B9_7F4A_7C15
            var value = hash
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
        state = (mix(), mix(), mix(), mix())
    }

    public mutating func next() -> UInt64 {
        let multiplied = state.1 &* 5
        let result = (multiplied << 7 | multiplied >> 57) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = state.3 << 45 | state.3 >> 19
        return result
    }

    /// Turns to numbers that have nothing to do with those that would have come next.
    public mutating func jump() {
        let one = next()
        let two = next()
        state = (one ^ 0xA3EC_647A_8D6E_35B1, two, one &+ two, ~one | 1)
        for _ in 0..<4 { _ = next() }
    }

    /// Uniform in 0..<1.
    public mutating func double() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// `count` lower-case hexadecimal digits.
    public mutating func hex(_ count: Int) -> String {
        var digits: [UInt8] = []
        digits.reserveCapacity(count + 16)
        while digits.count < count {
            var bits = next()
            for _ in 0..<16 {
                digits.append(Self.digit(UInt8(bits & 0xF)))
                bits >>= 4
            }
        }
        return String(decoding: digits.prefix(count), as: UTF8.self)
    }

    /// A UUID that looks as version 4 does (RFC 9562 section 5.4), lower case with hyphens.
    public mutating func uuid() -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16)
        for word in [next(), next()] {
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
            }
        }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for (index, byte) in bytes.enumerated() {
            if index == 4 || index == 6 || index == 8 || index == 10 { text.append(0x2D) }
            text.append(Self.digit(byte >> 4))
            text.append(Self.digit(byte & 0xF))
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func digit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? 0x30 + nibble : 0x57 + nibble
    }
}
