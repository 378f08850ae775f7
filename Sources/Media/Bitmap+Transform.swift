extension Bitmap {
    /// The negative: each colour turned round, alpha kept (ComfyUI's ImageInvert).
    public var inverted: Bitmap {
        mappingWords { $0 ^ 0x00ff_ffff }
    }

    /// The same colours, all opaque (PIL's `convert("RGB")`, ComfyUI's `/view?channel=rgb`).
    public var opaque: Bitmap {
        mappingWords { $0 | 0xff00_0000 }
    }

    /// Black with this picture's alpha (ComfyUI's `/view?channel=a`).
    public var alphaOnly: Bitmap {
        mappingWords { $0 & 0xff00_0000 }
    }

    /// A part of the picture; the rectangle is moved and shrunk to lie inside of it.
    public func cropped(x: Int, y: Int, width: Int, height: Int) -> Bitmap {
        let left = min(max(0, x), self.width - 1)
        let top = min(max(0, y), self.height - 1)
        let columns = min(max(1, width), self.width - left)
        let rows = min(max(1, height), self.height - top)
        var part = [UInt8]()
        part.reserveCapacity(columns * rows * 4)
        for row in top..<top + rows {
            let start = (row * self.width + left) * 4
            part.append(contentsOf: pixels[start..<start + columns * 4])
        }
        return Bitmap(width: columns, height: rows, pixels: part)
    }

    private func mappingWords(_ change: (UInt32) -> UInt32) -> Bitmap {
        var copy = self
        unsafe copy.withWords { words in
            for index in words.indices {
                unsafe words[index] = unsafe change(words[index])
            }
        }
        return copy
    }
}
