/// The ground of a picture: colours at the knots of a coarse net, everything between them interpolated.
///
/// Only the knots cost floating point. A pixel costs one addition: its three channels travel as 16-bit lanes of
/// one word, in 8.8 fixed point. Steps may be negative: the lanes never leave 0...65,535, so borrows even out.
struct ColourMesh {
    /// Pixels from knot to knot.
    private static let cell = 16

    private let columns: Int
    private var knots: [UInt64] = []

    init(motif: Motif, width: Int, height: Int, progress: Double) {
        columns = (width + Self.cell - 1) / Self.cell + 1
        let rows = (height + Self.cell - 1) / Self.cell + 1
        var noise = Dice(seed: motif.noise, text: "")
        knots.reserveCapacity(columns * rows)
        for row in 0..<rows {
            for column in 0..<columns {
                var red = 0.0
                var green = 0.0
                var blue = 0.0
                var sum = 0.0
                for glow in motif.glows {
                    let dx = Double(column) / Double(columns) - glow.x
                    let dy = Double(row) / Double(rows) - glow.y
                    let square = dx * dx + dy * dy + 0.02
                    let pull = 1 / (square * square)
                    red += pull * glow.red
                    green += pull * glow.green
                    blue += pull * glow.blue
                    sum += pull
                }
                let grain = noise.next()
                func lane(_ value: Double, _ shift: UInt64) -> UInt64 {
                    let speck = Double((grain >> shift) & 0xff) / 255
                    return UInt64((value / sum * progress + speck * (1 - progress)) * 65_000)
                }
                knots.append(lane(red, 0) | lane(green, 8) << 16 | lane(blue, 16) << 32)
            }
        }
    }

    /// Covers the whole picture.
    func paint(on bitmap: inout Bitmap) {
        let width = bitmap.width
        let height = bitmap.height
        unsafe knots.withUnsafeBufferPointer { knots in
            unsafe bitmap.withWords { words in
                for row in 0..<height {
                    let above = row / Self.cell * columns
                    let share = row % Self.cell
                    var out = unsafe words.baseAddress! + row * width
                    var left = unsafe Self.between(knots[above], knots[above + columns], share)
                    for column in 1..<columns {
                        let right = unsafe Self.between(knots[above + column], knots[above + columns + column], share)
                        let step = Self.sixteenth(of: left, to: right)
                        let count = min(Self.cell, width - (column - 1) * Self.cell)
                        var value = left
                        var index = 0
                        while index < count {
                            let red = UInt32(truncatingIfNeeded: value >> 8) & 0xff
                            let green = UInt32(truncatingIfNeeded: value >> 16) & 0xff00
                            let blue = UInt32(truncatingIfNeeded: value >> 24) & 0xff_0000
                            unsafe out[index] = 0xff00_0000 | red | green | blue
                            value = value &+ step
                            index &+= 1
                        }
                        unsafe out += count
                        left = right
                    }
                }
            }
        }
    }

    /// The colour `share` sixteenths of the way from one knot to another.
    private static func between(_ from: UInt64, _ to: UInt64, _ share: Int) -> UInt64 {
        from &+ sixteenth(of: from, to: to) &* UInt64(share)
    }

    /// A sixteenth of the way, lane by lane, as a sum of signed lanes.
    private static func sixteenth(of from: UInt64, to: UInt64) -> UInt64 {
        var step = 0
        for shift in [0, 16, 32] as [UInt64] {
            let difference = Int((to >> shift) & 0xffff) - Int((from >> shift) & 0xffff)
            step += (difference / 16) << Int(shift)
        }
        return UInt64(bitPattern: Int64(step))
    }
}
