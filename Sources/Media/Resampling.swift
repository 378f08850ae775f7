/// How a picture gets another size, in the words of ComfyUI's `upscale_method`: the first four as PyTorch's `interpolate`
/// does it (corners not aligned, not smoothed when it shrinks), the last as Pillow's `resize`.
public enum Resampling: String, Sendable, CaseIterable {
    case nearestExact = "nearest-exact"
    case bilinear, area, bicubic, lanczos
}

extension Bitmap {
    /// The picture at another size, pixel by pixel as that method has it.
    public func scaled(width newWidth: Int, height newHeight: Int, by method: Resampling) -> Bitmap {
        guard newWidth != width || newHeight != height else { return self }
        if method == .lanczos { return resampled(width: newWidth, height: newHeight, by: .lanczos) }
        let columns = LineTaps(method, from: width, to: newWidth)
        let rows = LineTaps(method, from: height, to: newHeight)
        var result = Bitmap(width: newWidth, height: newHeight)
        // One row of sums at a time: nothing is rounded before both directions are done.
        var sums = [Int](repeating: 0, count: width * 4)
        unsafe pixels.withUnsafeBufferPointer { source in
            unsafe result.pixels.withUnsafeMutableBufferPointer { target in
                unsafe sums.withUnsafeMutableBufferPointer { sums in
                    for row in 0..<newHeight {
                        unsafe rows.gather(row, from: source, width: width, into: sums)
                        unsafe columns.spread(sums, into: target.baseAddress! + row * newWidth * 4)
                    }
                }
            }
        }
        return result
    }
}

/// Which pixels of a line make each pixel of the new one, and by how much. Weights are in 65,536ths.
private struct LineTaps {
    /// How many pixels make one, the same number for all: what an average does not reach weighs nothing.
    private let reach: Int
    private var sources: [Int] = []
    private var weights: [Int] = []

    init(_ method: Resampling, from source: Int, to target: Int) {
        let scale = Double(source) / Double(target)
        reach =
            switch method {
            case .nearestExact: 1
            case .bilinear: 2
            case .bicubic, .lanczos: 4
            case .area: Int(scale.rounded(.up)) + 1
            }
        for index in 0..<target {
            let centre = (Double(index) + 0.5) * scale
            let (first, shares): (Int, [Double]) =
                switch method {
                case .nearestExact: (Int(centre), [1])
                case .bilinear: LineTaps.linear(at: max(0, centre - 0.5))
                case .bicubic, .lanczos: LineTaps.cubic(at: centre - 0.5)
                case .area: LineTaps.average(index, source, target)
                }
            var fixed = shares.map { Int(($0 * 65_536).rounded()) }
            fixed[fixed.count / 2] += 65_536 - fixed.reduce(0, +)
            for step in 0..<reach {
                // Beyond an edge lies the pixel of the edge.
                sources.append(min(max(0, first + step), source - 1))
                weights.append(step < fixed.count ? fixed[step] : 0)
            }
        }
    }

    private static func linear(at place: Double) -> (Int, [Double]) {
        let part = place - place.rounded(.down)
        return (Int(place), [1 - part, part])
    }

    /// Keys' kernel with a = -0.75, as PyTorch has it.
    private static func cubic(at place: Double) -> (Int, [Double]) {
        let part = place - place.rounded(.down)
        func near(_ x: Double) -> Double { (1.25 * x - 2.25) * x * x + 1 }
        func far(_ x: Double) -> Double { ((-0.75 * x + 3.75) * x - 6) * x + 3 }
        return (Int(place.rounded(.down)) - 1, [far(1 + part), near(part), near(1 - part), far(2 - part)])
    }

    private static func average(_ index: Int, _ source: Int, _ target: Int) -> (Int, [Double]) {
        let first = index * source / target
        let count = ((index + 1) * source + target - 1) / target - first
        return (first, [Double](repeating: 1 / Double(count), count: count))
    }

    /// Sums up the rows that make one new row.
    @unsafe func gather(
        _ row: Int, from source: UnsafeBufferPointer<UInt8>, width: Int, into sums: UnsafeMutableBufferPointer<Int>
    ) {
        unsafe sums.update(repeating: 0)
        for tap in row * reach..<(row + 1) * reach where weights[tap] != 0 {
            let weight = weights[tap]
            let line = unsafe source.baseAddress! + sources[tap] * width * 4
            for place in 0..<width * 4 { unsafe sums[place] &+= Int(line[place]) &* weight }
        }
    }

    /// Makes one new row of the sums. Fractions are cut off, as SaveImage does it, but for what is lost by counting in 65,536ths.
    @unsafe func spread(_ sums: UnsafeMutableBufferPointer<Int>, into target: UnsafeMutablePointer<UInt8>) {
        for index in 0..<sources.count / reach {
            for channel in 0..<4 {
                var sum = 1 << 22
                for tap in index * reach..<(index + 1) * reach {
                    unsafe sum &+= sums[sources[tap] * 4 + channel] &* weights[tap]
                }
                unsafe target[index * 4 + channel] = UInt8(min(max(0, sum >> 32), 255))
            }
        }
    }
}
