internal import JSONTree
internal import Media

/// Classes that make, load and change pictures.
enum ImageNodes {
    static let all: [String: NodeBehaviour] = [
        "EmptyImage": .pure { call in
            [
                .images(
                    .solid(
                        Colour(rgb: call.int("color")), width: call.int("width"), height: call.int("height"),
                        count: call.int("batch_size", default: 1)))
            ]
        },
        "ImageInvert": .pure { call throws(NodeFailure) in
            guard let images = call["image"].images else {
                throw .raised(
                    .type(
                        "unsupported operand type(s) for -: 'float' and '\((call["image"].json ?? .null).pythonType)'"))
            }
            return [.images(images.map { $0.inverted })]
        },
        "ImageScale": .pure { call throws(NodeFailure) in
            let images = try call.images("image", calling: "movedim")
            let size = fitting(call.int("width"), call.int("height"), to: images.width, images.height)
            return [.images(images.scaled(size, by: call.resampling, crops: call.string("crop") == "center"))]
        },
        "ImageScaleBy": .pure { call throws(NodeFailure) in
            let images = try call.images("image", calling: "movedim")
            return [
                .images(images.scaled(images.size(times: call.double("scale_by", default: 1)), by: call.resampling))
            ]
        },
        "ImageScaleToTotalPixels": .pure { call throws(NodeFailure) in
            let images = try call.images("image", calling: "movedim")
            let total = call.double("megapixels", default: 1) * 1024 * 1024
            let factor = (total / Double(images.width * images.height)).squareRoot()
            let step = max(1, call.int("resolution_steps", default: 1))
            let size = [images.width, images.height].map { side in
                max(step, Int((Double(side) * factor / Double(step)).rounded()) * step)
            }
            return [.images(images.scaled((size[0], size[1]), by: call.resampling))]
        },
        "ImageScaleToMaxDimension": .pure { call throws(NodeFailure) in
            let images = try call.images("image", calling: "shape")
            let factor = Double(call.int("largest_size")) / Double(max(images.width, images.height))
            return [.images(images.scaled(images.size(times: factor), by: call.resampling))]
        },
        "ImageBatch": .pure { call throws(NodeFailure) in
            [
                .images(
                    try call.images("image1", calling: "shape").followed(
                        by: try call.images("image2", calling: "shape")))
            ]
        },
        "ImagePadForOutpaint": .pure { call throws(NodeFailure) in
            let images = try call.images("image", calling: "size")
            let (left, top) = (call.int("left"), call.int("top"))
            let width = images.width + left + call.int("right")
            let height = images.height + top + call.int("bottom")
            let (inner, outer) = (images.width, images.height)
            let feathering = call.int("feathering", default: 0)
            let padded = images.map(width: width, height: height) { $0.placed(atX: left, y: top, width, height) }
            let mask = ImageBatch(width: width, height: height) { _ in
                var mask = Bitmap(width: width, height: height, filledWith: .white)
                mask.fill(x: left, y: top, width: inner, height: outer, with: .black)
                mask.feather(x: left, y: top, width: inner, height: outer, by: feathering)
                return mask
            }
            return [.images(padded), .mask(mask)]
        },
        "ImageCompositeMasked": .pure { call throws(NodeFailure) in
            let (under, over) = (try call.images("destination"), try call.images("source"))
            let (x, y, mask) = (call.int("x"), call.int("y"), call["mask"].images)
            let source = call.bool("resize_source") ? over.scaled((under.width, under.height), by: .bilinear) : over
            return [
                .images(
                    ImageBatch(width: under.width, height: under.height, count: under.count) { index in
                        var picture = under.paint(index)
                        picture.lay(
                            source.paint(min(index, source.count - 1)), atX: x, y: y,
                            through: mask?.scaled((source.width, source.height), by: .bilinear).paint(0))
                        return picture
                    })
            ]
        },
        "ImageUpscaleWithModel": NodeBehaviour { call, stage in
            let images = try call.images("image", calling: "movedim")
            guard case .token(_, let model) = call["upscale_model"] else {
                throw NodeFailure.raised(.attribute("'str' object has no attribute 'scale'"))
            }
            // The work goes tile by tile.
            let tiles = images.count * images.width.tiles * images.height.tiles
            for tile in 1...max(1, tiles) {
                try await stage.work()
                try stage.report(.int(tile), of: .int(tiles))
            }
            let factor = model.contains("2x") || model.contains("x2") ? 2 : 4
            return .value(.images(images.scaled(by: Double(factor))))
        },
        "LoadImage": .load("image"),
        "LoadImageOutput": .load("image"),
        "LoadImageMask": .loadMask,
    ]
}

extension Int {
    /// Tiles of 512 that overlap by 32, along a side.
    fileprivate var tiles: Int { self <= 512 ? 1 : (self - 32 + 479) / 480 }
}

extension NodeCall {
    /// The input `upscale_method`.
    fileprivate var resampling: Resampling { Resampling(rawValue: string("upscale_method")) ?? .bilinear }
}

extension ImageBatch {
    func scaled(by factor: Double) -> ImageBatch {
        let size = size(times: factor)
        return scaled(width: size.width, height: size.height)
    }

    fileprivate func size(times factor: Double) -> (width: Int, height: Int) {
        func side(_ length: Int) -> Int { max(1, Int(min((Double(length) * factor).rounded(.toNearestOrEven), 1e9))) }
        return (side(width), side(height))
    }

    /// Another size (`common_upscale` in upstream's comfy/utils.py).
    ///
    /// - Parameter crops: what the new size has no room for is cut off first, on both sides alike, so that nothing is bent.
    func scaled(_ size: (width: Int, height: Int), by method: Resampling, crops: Bool = false) -> ImageBatch {
        let (width, height) = (max(1, size.width), max(1, size.height))
        var (left, top) = (0, 0)
        if crops {
            let (old, new) = (Double(self.width) / Double(self.height), Double(width) / Double(height))
            func half(_ length: Int, _ share: Double) -> Int {
                Int(((Double(length) - Double(length) * share) / 2).rounded(.toNearestOrEven))
            }
            if old > new { left = half(self.width, new / old) } else { top = half(self.height, old / new) }
        }
        let (inner, outer) = (self.width - 2 * left, self.height - 2 * top)
        if (left, top) == (0, 0), (width, height) == (inner, outer) { return self }
        return map(width: width, height: height) { [left, top] picture in
            let part = (left, top) == (0, 0) ? picture : picture.cropped(x: left, y: top, width: inner, height: outer)
            return part.scaled(width: width, height: height, by: method)
        }
    }
}

extension Bitmap {
    /// Lightens a black rectangle of a mask towards those of its sides that are inside of the picture, in squares of the
    /// distance; not at all if it is too small for that.
    fileprivate mutating func feather(x: Int, y: Int, width inner: Int, height outer: Int, by feathering: Int) {
        guard feathering > 0, feathering * 2 < inner, feathering * 2 < outer else { return }
        for row in 0..<outer {
            for column in 0..<inner {
                let distances = [
                    y > 0 ? row : outer, y + outer < height ? outer - row : outer, x > 0 ? column : inner,
                    x + inner < width ? inner - column : inner,
                ]
                let near = distances.min() ?? feathering
                if near >= feathering { continue }
                let share = Double(feathering - near) / Double(feathering)
                let grey = UInt8(255 * share * share)
                self[x + column, y + row] = Colour(red: grey, green: grey, blue: grey)
            }
        }
    }

    /// On a larger grey canvas.
    fileprivate func placed(atX x: Int, y: Int, _ width: Int, _ height: Int) -> Bitmap {
        var canvas = Bitmap(width: width, height: height, filledWith: Colour(red: 127, green: 127, blue: 127))
        canvas.lay(self, atX: x, y: y, through: nil)
        return canvas
    }

    /// Lays a picture on this one: everywhere, or as much as a mask is white.
    fileprivate mutating func lay(_ other: Bitmap, atX x: Int, y: Int, through mask: Bitmap?) {
        for row in 0..<other.height where (0..<height).contains(y + row) {
            for column in 0..<other.width where (0..<width).contains(x + column) {
                let share = mask.map { Int($0[column, row].red) } ?? 255
                if share == 0 { continue }
                let (over, under) = (other[column, row], self[x + column, y + row])
                func mixed(_ over: UInt8, _ under: UInt8) -> UInt8 {
                    UInt8((Int(over) * share + Int(under) * (255 - share)) / 255)
                }
                self[x + column, y + row] = Colour(
                    red: mixed(over.red, under.red), green: mixed(over.green, under.green),
                    blue: mixed(over.blue, under.blue), alpha: mixed(over.alpha, under.alpha))
            }
        }
    }
}
