internal import JSONTree
internal import Media

/// What flows from node to node.
enum NodeValue: Sendable {
    /// INT, FLOAT, STRING, BOOLEAN, and whatever else stood in the prompt.
    case json(JSON)
    case images(ImageBatch)
    /// One channel: white is 1, black is 0.
    case mask(ImageBatch)
    case latent(Latent)
    case conditioning(String)
    case audio(AudioClip)
    case video(VideoClip)
    /// Something of a type that only travels through: MODEL, CLIP, VAE, SIGMAS, …
    case token(type: String, about: String)
    /// Several values of one socket, for the classes with list outputs.
    case list([NodeValue])
    /// Keeps the nodes behind it from running; with a text it is told to the client.
    case blocked(String?)

    static let none = NodeValue.json(.null)

    var json: JSON? { if case .json(let value) = self { value } else { nil } }
    var string: String? { json?.string }
    var int: Int? { json?.int ?? json?.double.flatMap { Int(exactly: $0.rounded(.towardZero)) } }
    var double: Double? { json?.double }
    var images: ImageBatch? {
        switch self {
        case .images(let batch), .mask(let batch): batch
        default: nil
        }
    }
}

/// Several pictures of one size, painted when somebody looks at them.
struct ImageBatch: Sendable {
    let width: Int
    let height: Int
    let count: Int
    /// Paints one of them.
    let paint: @Sendable (_ index: Int) -> Bitmap

    /// Pixels of one picture, and of all of them, beyond which a node runs out of memory.
    static let mostPixels = (each: 36_000_000, all: 1 << 30)

    /// Why this is more than the server can hold, if it is: what PyTorch says then.
    var excess: PythonError? {
        let each = width.multipliedReportingOverflow(by: height)
        let all = each.partialValue.multipliedReportingOverflow(by: count)
        let isTooLarge = each.overflow || all.overflow
        guard isTooLarge || each.partialValue > Self.mostPixels.each || all.partialValue > Self.mostPixels.all else {
            return nil
        }
        // Three numbers of four bytes a pixel.
        let bytes = isTooLarge ? Int.max : all.partialValue.multipliedReportingOverflow(by: 12).partialValue
        return PythonError(
            type: "RuntimeError",
            text: "[enforce fail at alloc_cpu.cpp:121] err == 0. DefaultCPUAllocator: can't allocate memory: you tried "
                + "to allocate \(bytes) bytes. Error code 12 (Cannot allocate memory)")
    }

    init(width: Int, height: Int, count: Int = 1, paint: @escaping @Sendable (_ index: Int) -> Bitmap) {
        self.width = max(1, width)
        self.height = max(1, height)
        self.count = max(1, count)
        self.paint = paint
    }

    /// Pictures of one colour.
    static func solid(_ colour: Colour, width: Int, height: Int, count: Int = 1) -> ImageBatch {
        ImageBatch(width: width, height: height, count: count) { _ in
            Bitmap(width: max(1, width), height: max(1, height), filledWith: colour)
        }
    }

    /// One picture.
    static func single(_ bitmap: Bitmap) -> ImageBatch {
        ImageBatch(width: bitmap.width, height: bitmap.height) { _ in bitmap }
    }

    /// The same number of pictures, each changed.
    func map(
        width: Int? = nil, height: Int? = nil, _ change: @escaping @Sendable (Bitmap) -> Bitmap
    ) -> ImageBatch {
        ImageBatch(width: width ?? self.width, height: height ?? self.height, count: count) { [paint] in
            change(paint($0))
        }
    }

    func scaled(width: Int, height: Int) -> ImageBatch {
        if width == self.width, height == self.height { return self }
        return map(width: width, height: height) { $0.scaled(width: width, height: height) }
    }

    /// These pictures, then the others at this size.
    func followed(by others: ImageBatch) -> ImageBatch {
        let more = others.scaled((width, height), by: .bilinear, crops: true)
        return ImageBatch(width: width, height: height, count: count + more.count) { [self] index in
            index < count ? paint(index) : more.paint(index - count)
        }
    }
}

/// A latent image: what a sampler is to paint, or has painted.
struct Latent: Sendable {
    /// Size of the pictures that come out of it.
    var width: Int
    var height: Int
    var count = 1
    /// Seed and prompt of the sampler that worked on it, `nil` while it is empty.
    var sampled: (seed: UInt64, prompt: String)?
    /// The pictures it was encoded from, and how much of them a sampler keeps (0 to 1).
    var base: ImageBatch?
    var kept = 0.0

    /// The pictures that it decodes to.
    var images: ImageBatch {
        guard let sampled else {
            // An empty latent decodes to a dull brown; one that was encoded to what it was.
            return base ?? .solid(Colour(red: 121, green: 116, blue: 107), width: width, height: height, count: count)
        }
        let (width, height, base, kept) = (width, height, base, kept)
        return ImageBatch(width: width, height: height, count: count) { index in
            let painted = Picture.make(
                seed: sampled.seed &+ UInt64(index), prompt: sampled.prompt, width: width, height: height)
            guard let base, kept > 0 else { return painted }
            let under = base.paint(min(index, base.count - 1)).scaled(width: width, height: height)
            return painted.mixed(with: under, share: kept)
        }
    }
}

/// A sound that a node made or loaded.
struct AudioClip: Sendable {
    let seconds: Double
    /// Makes the samples.
    let make: @Sendable () -> Sound
}

/// Pictures in a row, and perhaps a sound.
struct VideoClip: Sendable {
    let frames: ImageBatch
    let framesPerSecond: Double
    var audio: AudioClip?
    /// The file that it was loaded from, kept as it is.
    var file: [UInt8]?
}

extension Bitmap {
    /// This picture with a share of another one of the same size laid over it.
    func mixed(with other: Bitmap, share: Double) -> Bitmap {
        guard other.width == width, other.height == height, share > 0 else { return self }
        let part = Int(min(share, 1) * 256)
        let mixed = zip(pixels, other.pixels).map { UInt8((Int($0) * (256 - part) + Int($1) * part) >> 8) }
        return Bitmap(width: width, height: height, pixels: mixed)
    }
}
