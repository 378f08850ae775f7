internal import Glibc

extension Bitmap {
    /// The picture at another size: averaged where it shrinks, interpolated where it grows.
    public func scaled(width newWidth: Int, height newHeight: Int) -> Bitmap {
        resampled(width: newWidth, height: newHeight, by: .triangle)
    }

    /// The picture at another size by one of Pillow's filters: columns first, then rows.
    func resampled(width newWidth: Int, height newHeight: Int, by filter: ResampleFilter) -> Bitmap {
        resampledColumns(to: newWidth, by: filter).resampledRows(to: newHeight, by: filter)
    }

    /// The picture shrunk, never enlarged, to fit into a square: what PIL's `thumbnail` does to previews.
    public func fitting(side: Int) -> Bitmap {
        guard width > side || height > side else { return self }
        let longest = max(width, height)
        return scaled(width: max(1, width * side / longest), height: max(1, height * side / longest))
    }

    private func resampledColumns(to newWidth: Int, by filter: ResampleFilter) -> Bitmap {
        guard newWidth != width else { return self }
        let taps = ResampleTaps(filter, from: width, to: newWidth)
        var result = Bitmap(width: newWidth, height: height)
        unsafe pixels.withUnsafeBufferPointer { source in
            unsafe result.pixels.withUnsafeMutableBufferPointer { target in
                for row in 0..<height {
                    unsafe taps.apply(
                        from: source.baseAddress! + row * width * 4, step: 4,
                        to: target.baseAddress! + row * newWidth * 4, step: 4)
                }
            }
        }
        return result
    }

    private func resampledRows(to newHeight: Int, by filter: ResampleFilter) -> Bitmap {
        guard newHeight != height else { return self }
        let taps = ResampleTaps(filter, from: height, to: newHeight)
        var result = Bitmap(width: width, height: newHeight)
        unsafe pixels.withUnsafeBufferPointer { source in
            unsafe result.pixels.withUnsafeMutableBufferPointer { target in
                for column in 0..<width {
                    unsafe taps.apply(
                        from: source.baseAddress! + column * 4, step: width * 4,
                        to: target.baseAddress! + column * 4, step: width * 4)
                }
            }
        }
        return result
    }
}

/// How near pixels count for more than far ones.
enum ResampleFilter {
    /// Pillow's BILINEAR.
    case triangle
    /// A sinc of three pixels to each side: Pillow's LANCZOS.
    case lanczos

    var support: Double { self == .triangle ? 1 : 3 }

    func height(at distance: Double) -> Double {
        let distance = abs(distance)
        if distance >= support { return 0 }
        if self == .triangle { return 1 - distance }
        func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(x * .pi) / (x * .pi) }
        return sinc(distance) * sinc(distance / 3)
    }
}

/// Which source pixels make each pixel of a resampled line, and by how much: a filter whose width follows the scale, so
/// that a shrunk picture is an average and an enlarged one is smooth.
private struct ResampleTaps {
    private var first: [Int] = []
    private var length: [Int] = []
    /// 16-bit fixed point; the weights of one pixel sum to 65,536.
    private var weights: [Int] = []

    init(_ filter: ResampleFilter, from source: Int, to target: Int) {
        let scale = Double(source) / Double(target)
        let stretch = max(1, scale)
        let reach = stretch * filter.support
        for index in 0..<target {
            let centre = (Double(index) + 0.5) * scale - 0.5
            let low = max(0, Int((centre - reach).rounded(.up)))
            let high = max(low, min(source - 1, Int((centre + reach).rounded(.down))))
            let heights = (low...high).map { filter.height(at: (Double($0) - centre) / stretch) }
            let sum = heights.reduce(0, +)
            var fixed = heights.map { sum > 0 ? Int($0 / sum * 65_536) : 0 }
            fixed[fixed.count / 2] += 65_536 - fixed.reduce(0, +)
            first.append(low)
            length.append(fixed.count)
            weights.append(contentsOf: fixed)
        }
    }

    /// Resamples one line of four-channel pixels; steps are bytes from one pixel of the line to the next.
    @unsafe func apply(
        from source: UnsafePointer<UInt8>, step: Int, to target: UnsafeMutablePointer<UInt8>, step targetStep: Int
    ) {
        var weight = 0
        for index in 0..<first.count {
            var red = 32_768
            var green = 32_768
            var blue = 32_768
            var alpha = 32_768
            var at = unsafe source + first[index] * step
            for _ in 0..<length[index] {
                let share = weights[weight]
                unsafe red &+= Int(at[0]) &* share
                unsafe green &+= Int(at[1]) &* share
                unsafe blue &+= Int(at[2]) &* share
                unsafe alpha &+= Int(at[3]) &* share
                unsafe at += step
                weight &+= 1
            }
            let to = unsafe target + index * targetStep
            unsafe to[0] = UInt8(min(max(0, red >> 16), 255))
            unsafe to[1] = UInt8(min(max(0, green >> 16), 255))
            unsafe to[2] = UInt8(min(max(0, blue >> 16), 255))
            unsafe to[3] = UInt8(min(max(0, alpha >> 16), 255))
        }
    }
}
