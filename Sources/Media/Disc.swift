/// A round shape with light from above; place and size in parts of the picture's sides.
struct Disc {
    let x: Double
    let y: Double
    let radius: Double
    let colour: Colour

    /// Paints it row by row. While the picture is unfinished its outline is made of large steps, and it is smaller.
    func paint(on bitmap: inout Bitmap, progress: Double) {
        let reach = radius * Double(min(bitmap.width, bitmap.height)) * progress
        let block = max(1, Int((1 - progress) * 24))
        let centreX = x * Double(bitmap.width)
        let centreY = y * Double(bitmap.height)
        guard reach >= 1, progress > 0.2 else { return }
        for row in Int(centreY - reach)...Int(centreY + reach) {
            let coarse = Double(row / block * block)
            let rise = coarse - centreY
            let square = reach * reach - rise * rise
            guard square > 0 else { continue }
            let half = square.squareRoot()
            let left = Int(centreX - half) / block * block
            let right = Int(centreX + half) / block * block
            bitmap.fill(x: left, y: row, width: right - left, height: 1, with: shade(rise / reach))
        }
    }

    /// The colour at a height from -1 (top) to 1.
    private func shade(_ height: Double) -> Colour {
        let light = 1 - 0.35 * (height + 1) / 2
        return Colour(
            red: UInt8(Double(colour.red) * light), green: UInt8(Double(colour.green) * light),
            blue: UInt8(Double(colour.blue) * light))
    }
}
