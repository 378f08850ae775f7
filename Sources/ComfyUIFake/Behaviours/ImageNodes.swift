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
            return [.images(call.string("crop") == "center" ? images.filling(size) : images.scaled(size))]
        },
        "ImageScaleBy": .pure { call throws(NodeFailure) in
            let images = try call.images("image", calling: "movedim")
            let factor = call.double("scale_by", default: 1)
            return [.images(images.scaled(by: factor))]
        },
        "ImageScaleToTotalPixels": .pure { call throws(NodeFailure) in
            let images = try call.images("image", calling: "movedim")
            let total = call.double("megapixels", default: 1) * 1024 * 1024
            let factor = (total / Double(images.width * images.height)).squareRoot()
            let step = max(1, call.int("resolution_steps", default: 1))
            let size = [images.width, images.height].map { side in
                max(step, Int((Double(side) * factor / Double(step)).rounded()) * step)
            }
            return [.images(images.scaled(width: size[0], height: size[1]))]
        },
        "ImageScaleToMaxDimension": .pure { call throws(NodeFailure) in
            let images = try call.images("image", calling: "shape")
            let factor = Double(call.int("largest_size")) / Double(max(images.width, images.height))
            return [.images(images.scaled(by: factor))]
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
            let padded = images.map(width: width, height: height) { $0.placed(atX: left, y: top, width, height) }
            let mask = ImageBatch(width: width, height: height) { _ in
                var mask = Bitmap(width: width, height: height, filledWith: .white)
                mask.fill(x: left, y: top, width: inner, height: outer, with: .black)
                return mask
            }
            return [.images(padded), .mask(mask)]
        },
        "ImageCompositeMasked": .pure { call throws(NodeFailure) in
            let (under, over) = (try call.images("destination"), try call.images("source"))
            let (x, y, mask) = (call.int("x"), call.int("y"), call["mask"].images)
            let source = call.bool("resize_source") ? over.scaled(width: under.width, height: under.height) : over
            return [
                .images(
                    ImageBatch(width: under.width, height: under.height, count: under.count) { index in
                        var picture = under.paint(index)
                        picture.lay(
                            source.paint(min(index, source.count - 1)), atX: x, y: y,
                            through: mask?.scaled(width: source.width, height: source.height).paint(0))
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

extension ImageBatch {
    func scaled(_ size: (width: Int, height: Int)) -> ImageBatch { scaled(width: size.width, height: size.height) }

    func scaled(by factor: Double) -> ImageBatch {
        scaled(
            width: max(1, Int(min((Double(width) * factor).rounded(), 1e9))),
            height: max(1, Int(min((Double(height) * factor).rounded(), 1e9))))
    }

    /// Scaled to cover the size, what stands over cut off at both sides.
    fileprivate func filling(_ size: (width: Int, height: Int)) -> ImageBatch {
        let (width, height) = (max(1, size.width), max(1, size.height))
        let factor = max(Double(width) / Double(self.width), Double(height) / Double(self.height))
        let covering = scaled(by: factor)
        return covering.map(width: width, height: height) { picture in
            picture.cropped(
                x: (picture.width - width) / 2, y: (picture.height - height) / 2, width: width, height: height
            ).scaled(width: width, height: height)
        }
    }
}

extension Bitmap {
    /// On a larger grey canvas.
    fileprivate func placed(atX x: Int, y: Int, _ width: Int, _ height: Int) -> Bitmap {
        var canvas = Bitmap(width: width, height: height, filledWith: Colour(red: 127, green: 127, blue: 127))
        canvas.lay(self, atX: x, y: y, through: nil)
        return canvas
    }

    /// Lays a picture on this one, where a mask is white or everywhere.
    fileprivate mutating func lay(_ other: Bitmap, atX x: Int, y: Int, through mask: Bitmap?) {
        for row in 0..<other.height where (0..<height).contains(y + row) {
            for column in 0..<other.width where (0..<width).contains(x + column) {
                if let mask, mask[column, row].red < 128 { continue }
                self[x + column, y + row] = other[column, row]
            }
        }
    }
}
