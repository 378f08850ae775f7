extension Bitmap {
    /// Writes a line of text, each dot of the typeface `scale` pixels wide; what does not fit is cut off.
    mutating func write(_ text: some StringProtocol, x: Int, y: Int, scale: Int, with colour: Colour) {
        var left = x
        for scalar in text.unicodeScalars {
            guard left < width else { return }
            for (line, row) in BitmapFont.rows(of: scalar).enumerated() where row != 0 {
                for column in 0..<5 where row & (16 >> UInt8(column)) != 0 {
                    fill(x: left + column * scale, y: y + line * scale, width: scale, height: scale, with: colour)
                }
            }
            left += BitmapFont.advance * scale
        }
    }
}
