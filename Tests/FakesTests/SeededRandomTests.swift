import Fakes
import Scenarios
import Testing

@Suite struct SeededRandomTests {
    @Test func `the same names give the same numbers, other names others`() {
        var one = SeededRandom(seed: 7, "comfyui", "prompt", "1")
        var same = SeededRandom(seed: 7, "comfyui", "prompt", "1")
        var other = SeededRandom(seed: 7, "comfyui", "prompt", "2")
        var otherSeed = SeededRandom(seed: 8, "comfyui", "prompt", "1")
        // Where one name ends matters.
        var shifted = SeededRandom(seed: 7, "comfyui", "prompt1", "")

        let numbers = (0..<8).map { _ in one.next() }

        #expect(numbers == (0..<8).map { _ in same.next() })
        #expect(numbers != (0..<8).map { _ in other.next() })
        #expect(numbers != (0..<8).map { _ in otherSeed.next() })
        #expect(numbers != (0..<8).map { _ in shifted.next() })
        #expect(Set(numbers).count == 8)
    }

    @Test func `a UUID looks like version 4`() {
        var random = SeededRandom(seed: 1, "x")

        for _ in 0..<100 {
            let uuid = random.uuid()
            let parts = uuid.split(separator: "-")
            #expect(parts.map(\.count) == [8, 4, 4, 4, 12])
            #expect(parts[2].first == "4")
            #expect("89ab".contains(parts[3].first ?? " "))
            #expect(uuid.allSatisfy { $0.isHexDigit && !$0.isUppercase || $0 == "-" })
        }
    }

    @Test func `doubles are uniform in the unit interval`() {
        var random = SeededRandom(seed: 1, "d")
        let values = (0..<10_000).map { _ in random.double() }

        #expect(values.allSatisfy { $0 >= 0 && $0 < 1 })
        #expect(abs(values.reduce(0, +) / 10_000 - 0.5) < 0.02)
    }
}

@Suite struct WallTimeTests {
    @Test func `times are written as the servers write them`() {
        let time = WallTime(seconds: 1_795_345_200.0625)

        #expect(time.dateTime() == "2026-11-22 11:00:00")
        #expect(time.isoMicroseconds == "2026-11-22T11:00:00.062500")
        #expect(time.httpDate == "Sun, 22 Nov 2026 11:00:00 GMT")
        #expect(time.milliseconds == 1_795_345_200_062)
    }
}
