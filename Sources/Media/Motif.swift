/// What a picture shows before it has a size: its colours and where its shapes lie, in parts of the sides.
struct Motif {
    /// A source of colour somewhere in the picture; its pull fades with the distance.
    struct Glow {
        let x: Double
        let y: Double
        let red: Double
        let green: Double
        let blue: Double
    }

    let glows: [Glow]
    let discs: [Disc]
    /// Where the noise of an unfinished picture begins.
    let noise: UInt64

    init(seed: UInt64, prompt: String) {
        // The prompt alone chooses the palette: the pictures of one batch resemble each other.
        var palette = Dice(seed: 0, text: prompt)
        var layout = Dice(seed: seed, text: prompt)
        let hue = palette.fraction()
        let spread = 0.1 + palette.fraction() * 0.3
        glows = (0..<5).map { index in
            let colour = Motif.colour(
                hue: hue + spread * Double(index % 3), saturation: 0.35 + palette.fraction() * 0.4,
                brightness: 0.3 + palette.fraction() * 0.65)
            return Glow(
                x: layout.fraction(), y: layout.fraction(), red: colour.red, green: colour.green, blue: colour.blue)
        }
        discs = (0..<3).map { index in
            let colour = Motif.colour(
                hue: hue + 0.5 + palette.fraction() * 0.2, saturation: 0.25 + palette.fraction() * 0.5,
                brightness: 0.55 + 0.15 * Double(index))
            return Disc(
                x: layout.fraction(), y: 0.1 + layout.fraction() * 0.6, radius: 0.06 + layout.fraction() * 0.14,
                colour: Colour(
                    red: UInt8(colour.red * 255), green: UInt8(colour.green * 255), blue: UInt8(colour.blue * 255)))
        }
        noise = layout.next()
    }

    /// Hue, saturation and brightness from 0 to 1 as red, green and blue from 0 to 1.
    private static func colour(
        hue: Double, saturation: Double, brightness: Double
    ) -> (red: Double, green: Double, blue: Double) {
        func channel(_ shift: Double) -> Double {
            let place = hue * 6 + shift
            let sector = place - (place / 6).rounded(.down) * 6
            return brightness * (1 - saturation * max(0, min(1, min(sector, 4 - sector))))
        }
        return (channel(5), channel(3), channel(1))
    }
}
