/// One pixel's colour: 8 bits a channel, sRGB, straight alpha.
public struct Colour: Sendable, Hashable {
    /// The red channel.
    public var red: UInt8
    /// The green channel.
    public var green: UInt8
    /// The blue channel.
    public var blue: UInt8
    /// Opacity; 255 hides what is behind.
    public var alpha: UInt8

    /// A colour from its channels.
    public init(red: UInt8, green: UInt8, blue: UInt8, alpha: UInt8 = 255) {
        self.red = red
        self.green = green
        self.blue = blue
        self.alpha = alpha
    }

    /// A colour as ComfyUI's EmptyImage node writes it: `0xRRGGBB`.
    public init(rgb: Int) {
        self.init(
            red: UInt8(truncatingIfNeeded: rgb >> 16), green: UInt8(truncatingIfNeeded: rgb >> 8),
            blue: UInt8(truncatingIfNeeded: rgb))
    }

    /// Opaque black.
    public static let black = Colour(red: 0, green: 0, blue: 0)
    /// Opaque white.
    public static let white = Colour(red: 255, green: 255, blue: 255)
    /// Nothing at all.
    public static let clear = Colour(red: 0, green: 0, blue: 0, alpha: 0)

    /// The four bytes in memory order, as one little-endian word: one store paints a pixel.
    var word: UInt32 {
        UInt32(red) | UInt32(green) << 8 | UInt32(blue) << 16 | UInt32(alpha) << 24
    }
}
