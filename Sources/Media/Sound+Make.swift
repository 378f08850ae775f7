extension Sound {
    /// A short tune that follows from seed and prompt: the same every time, another for another prompt.
    ///
    /// Four soft notes a second out of a pentatonic scale, so that any draw sounds well together.
    ///
    /// - Parameter seconds: the length; at most an hour is made.
    public static func make(
        seed: UInt64, prompt: String, seconds: Double, rate: Int = 44_100, channels: Int = 1
    ) -> Sound {
        let rate = max(1, rate)
        let channels = max(1, channels)
        var dice = Dice(seed: seed, text: prompt)
        let root = 196.0 * [1, 1.125, 1.25, 1.333, 1.5][dice.below(5)]
        let scale = [1, 1.125, 1.25, 1.5, 1.667, 2]
        let frames = Int(min(max(0, seconds.isFinite ? seconds : 0), 3600) * Double(rate))
        let noteLength = max(1, rate / 4)

        var samples: [Int16] = []
        samples.reserveCapacity(frames * channels)
        var oscillator = Oscillator(frequency: root, rate: rate)
        for frame in 0..<frames {
            let within = frame % noteLength
            if within == 0 { oscillator = Oscillator(frequency: root * scale[dice.below(scale.count)], rate: rate) }
            // Rises within 10 ms and falls to nothing at the end of the note: no clicks.
            let attack = min(1, Double(within) * 100 / Double(rate))
            let decay = 1 - Double(within) / Double(noteLength)
            let sample = Int16(oscillator.next() * attack * decay * 12_000)
            for _ in 0..<channels { samples.append(sample) }
        }
        return Sound(samples: samples, rate: rate, channels: channels)
    }
}

/// A sine by rotation: two multiplications a sample, and no call into the maths library.
private struct Oscillator {
    private var sine = 0.0
    private var cosine = 1.0
    private let stepSine: Double
    private let stepCosine: Double

    init(frequency: Double, rate: Int) {
        // Taylor's series is exact enough below a quarter turn; a rate too low for the note is silent.
        let angle = 2 * Double.pi * frequency / Double(rate)
        let small = angle < 1.5 ? angle : 0
        let square = small * small
        stepSine = small * (1 - square / 6 * (1 - square / 20 * (1 - square / 42 * (1 - square / 72))))
        stepCosine = 1 - square / 2 * (1 - square / 12 * (1 - square / 30 * (1 - square / 56)))
    }

    mutating func next() -> Double {
        (sine, cosine) = (sine * stepCosine + cosine * stepSine, cosine * stepCosine - sine * stepSine)
        return max(-1, min(1, sine))
    }
}
