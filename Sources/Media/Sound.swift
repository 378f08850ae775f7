/// A sound in memory: 16-bit samples, the channels' samples alternating.
public struct Sound: Sendable, Hashable {
    /// Samples a second and channel.
    public let rate: Int
    /// 1 is mono, 2 stereo.
    public let channels: Int
    /// `frames * channels` samples.
    public var samples: [Int16]

    /// A sound from its samples.
    public init(samples: [Int16], rate: Int, channels: Int = 1) {
        precondition(rate > 0 && channels > 0, "a sound has a rate and a channel")
        self.samples = samples
        self.rate = rate
        self.channels = channels
    }

    /// A sound from samples between -1 and 1; what lies beyond is clipped.
    public init(samples: [Float], rate: Int, channels: Int = 1) {
        self.init(
            samples: samples.map { sample in
                // Not a number becomes silence.
                sample.isNaN ? 0 : Int16(max(-1, min(1, sample)) * 32_767)
            },
            rate: rate, channels: channels)
    }

    /// Samples of one channel.
    public var frames: Int { samples.count / channels }

    /// The samples as they lie in a file without a head, little end first.
    public var bytes: [UInt8] {
        // Every platform of this package is little-endian.
        unsafe samples.withUnsafeBytes { unsafe Array($0) }
    }

    /// How long it lasts, in seconds.
    public var seconds: Double { Double(frames) / Double(rate) }
}
