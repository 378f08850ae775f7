import Media

/// Reproducible disorder for the tests.
enum Noise {
    static func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 40)
        }
    }

    static func bitmap(width: Int, height: Int) -> Bitmap {
        Bitmap(width: width, height: height, pixels: bytes(width * height * 4))
    }

    /// Copies of a file, each with one byte changed, and where.
    static func spoiled(_ file: [UInt8], times: Int) -> [([UInt8], Int)] {
        let places = bytes(times * 3, seed: 7)
        return (0..<times).map { turn in
            var copy = file
            let at = (Int(places[turn * 3]) << 8 | Int(places[turn * 3 + 1])) % file.count
            copy[at] ^= places[turn * 3 + 2] | 1
            return (copy, at)
        }
    }
}
