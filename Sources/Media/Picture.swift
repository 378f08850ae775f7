/// What the fakes paint in a model's place: it looks like something, costs little, and follows from its
/// arguments alone, so that the same request gives the same bytes on every machine.
public enum Picture {
    /// A landscape of soft colours with a few discs, and a label that names prompt, seed and size.
    ///
    /// - Parameters:
    ///   - seed: moves the shapes.
    ///   - prompt: chooses the colours.
    ///   - progress: 0 is coarse noise, 1 the finished picture; between them it grows sharper, as the latent
    ///     previews of a sampler do. The label appears with the finished picture only.
    public static func make(
        seed: UInt64, prompt: String, width: Int, height: Int, progress: Double = 1
    ) -> Bitmap {
        let width = min(max(1, width), ImageBounds.side)
        let height = min(max(1, height), ImageBounds.side)
        let progress = progress.isNaN ? 0 : min(max(0, progress), 1)
        let motif = Motif(seed: seed, prompt: prompt)

        var bitmap = Bitmap(width: width, height: height)
        let mesh = ColourMesh(motif: motif, width: width, height: height, progress: progress)
        mesh.paint(on: &bitmap)
        for disc in motif.discs { disc.paint(on: &bitmap, progress: progress) }
        if progress == 1 { label(&bitmap, seed: seed, prompt: prompt) }
        return bitmap
    }

    /// Two lines on a dark band at the bottom; small pictures have no room for it.
    private static func label(_ bitmap: inout Bitmap, seed: UInt64, prompt: String) {
        let scale = max(1, bitmap.width / 320)
        let line = (BitmapFont.height + 3) * scale
        guard bitmap.width >= 96, bitmap.height >= line * 4 else { return }
        let letters = (bitmap.width - 8 * scale) / (BitmapFont.advance * scale)
        let top = bitmap.height - 2 * line - 3 * scale
        let ink = Colour(rgb: 0xf4f1e8)
        bitmap.fill(x: 0, y: top, width: bitmap.width, height: bitmap.height - top, with: Colour(rgb: 0x16181d))
        bitmap.write(prompt.prefix(letters), x: 4 * scale, y: top + 3 * scale, scale: scale, with: ink)
        bitmap.write(
            "seed \(seed)  \(bitmap.width)x\(bitmap.height)", x: 4 * scale, y: top + 3 * scale + line, scale: scale,
            with: Colour(rgb: 0xa9adb8))
    }
}
