/// How large a picture from outside may be before its pixels are allocated.
enum ImageBounds {
    /// Pixels along one side; ComfyUI's own `MAX_RESOLUTION`.
    static let side = 16_384
    /// Pixels in all, so that one small file cannot ask for gigabytes.
    static let area = 1 << 26

    /// Throws unless a picture of this size may be decoded.
    static func check(width: Int, height: Int, of format: String) throws(MediaError) {
        guard width > 0, height > 0 else {
            throw MediaError(.damaged, "\(format): expected a picture with pixels, got \(width)x\(height)")
        }
        guard width <= side, height <= side, width * height <= area else {
            throw MediaError(
                .tooLarge,
                "\(format): expected at most \(side) pixels a side and \(area) in all, got \(width)x\(height)")
        }
    }
}
