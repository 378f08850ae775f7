/// A reader of MP4 and of the part of H.264 that consists of plain and of skipped macroblocks, written from the
/// standards and not from the writer: boxes, parameter sets, slices.
struct FilmReader {
    struct Box {
        let path: String
        let start: Int
        let body: ArraySlice<UInt8>
    }

    struct Sequence: Equatable {
        var profile = 0
        var level = 0
        var columns = 0
        var rows = 0
        var cropRight = 0
        var cropBottom = 0
        var frameNumberBits = 0
    }

    struct Malformed: Error {
        let reason: String
    }

    let boxes: [Box]
    let samples: [ArraySlice<UInt8>]
    let sequence: Sequence

    init(_ file: [UInt8]) throws {
        boxes = try Self.boxes(in: file[...], under: "")
        let sizes = try Self.numbers(of: "moov.trak.mdia.minf.stbl.stsz", in: boxes)
        var place = try Self.numbers(of: "moov.trak.mdia.minf.stbl.stco", in: boxes)[2]
        samples = try sizes.dropFirst(3).map { size in
            guard place + size <= file.count else { throw Malformed(reason: "a sample beyond the file") }
            defer { place += size }
            return file[place..<place + size]
        }
        guard let entry = boxes.first(where: { $0.path.hasSuffix("avcC") }) else { throw Malformed(reason: "no avcC") }
        let length = Int(entry.body.dropFirst(6).first!) << 8 | Int(entry.body.dropFirst(7).first!)
        sequence = try Self.sequence(entry.body.dropFirst(8).prefix(length))
    }

    /// The 32-bit numbers of a box, its flags first.
    static func numbers(of path: String, in boxes: [Box]) throws -> [Int] {
        guard let box = boxes.first(where: { $0.path == path }) else { throw Malformed(reason: "no \(path)") }
        let bytes = Array(box.body)
        return stride(from: 0, to: bytes.count - 3, by: 4).map { at in
            bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
        }
    }

    /// The luma of every frame, row by row, with the border that cropping hides.
    func luma() throws -> [[UInt8]] {
        var shown = [UInt8](repeating: 0, count: sequence.columns * sequence.rows * 256)
        return try samples.enumerated().map { number, sample in
            let length = sample.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            guard sample.count == length + 4 else { throw Malformed(reason: "a NAL unit of another length") }
            try decode(sample.dropFirst(4), number: number, into: &shown)
            return shown
        }
    }

    private func decode(_ unit: ArraySlice<UInt8>, number: Int, into shown: inout [UInt8]) throws {
        var bits = try BitReader(unit)
        let isFirst = number == 0
        try bits.expect(bits.bits(8), isFirst ? 0x65 : 0x41, "nal_unit_header")
        try bits.expect(bits.code(), 0, "first_mb_in_slice")
        try bits.expect(bits.code(), isFirst ? 7 : 5, "slice_type")
        try bits.expect(bits.code(), 0, "pic_parameter_set_id")
        try bits.expect(bits.bits(sequence.frameNumberBits), number % (1 << sequence.frameNumberBits), "frame_num")
        if isFirst { try bits.expect(bits.code(), 0, "idr_pic_id") }
        try bits.expect(bits.bits(isFirst ? 2 : 3), 0, "reference flags")
        try bits.expect(bits.code(), 0, "slice_qp_delta")
        try bits.expect(bits.code(), 1, "disable_deblocking_filter_idc")

        let total = sequence.columns * sequence.rows
        var block = 0
        while block < total {
            if !isFirst { block += try bits.code() }
            guard block < total else { break }
            try bits.expect(bits.code(), isFirst ? 25 : 30, "mb_type")
            let samples = try bits.alignedBytes(384)
            for (row, line) in (0..<16).map({ ($0, samples.dropFirst($0 * 16).prefix(16)) }) {
                let at = ((block / sequence.columns * 16 + row) * sequence.columns + block % sequence.columns) * 16
                shown.replaceSubrange(at..<at + 16, with: line)
            }
            block += 1
            if !isFirst, bits.isAtEnd { break }
        }
        guard block <= total, bits.isAtEnd else { throw Malformed(reason: "macroblocks beyond the picture") }
    }

    private static func boxes(in bytes: ArraySlice<UInt8>, under path: String) throws -> [Box] {
        var boxes: [Box] = []
        var rest = bytes
        while !rest.isEmpty {
            let size = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            guard size >= 8, size <= rest.count else { throw Malformed(reason: "a box of \(size) in \(path)") }
            let name = String(decoding: rest.dropFirst(4).prefix(4), as: UTF8.self)
            let full = path.isEmpty ? name : "\(path).\(name)"
            let body = rest.prefix(size).dropFirst(8)
            boxes.append(Box(path: full, start: rest.startIndex, body: body))
            switch name {
            case "moov", "trak", "mdia", "minf", "dinf", "stbl": boxes += try self.boxes(in: body, under: full)
            case "stsd": boxes += try self.boxes(in: body.dropFirst(8), under: full)
            case "avc1": boxes += try self.boxes(in: body.dropFirst(78), under: full)
            default: break
            }
            rest = rest.dropFirst(size)
        }
        return boxes
    }

    private static func sequence(_ unit: ArraySlice<UInt8>) throws -> Sequence {
        var bits = try BitReader(unit)
        var sequence = Sequence()
        try bits.expect(bits.bits(8), 0x67, "nal_unit_header")
        sequence.profile = try bits.bits(8)
        try bits.expect(bits.bits(8), 0xc0, "constraint flags")
        sequence.level = try bits.bits(8)
        try bits.expect(bits.code(), 0, "seq_parameter_set_id")
        sequence.frameNumberBits = try bits.code() + 4
        try bits.expect(bits.code(), 2, "pic_order_cnt_type")
        try bits.expect(bits.code(), 1, "max_num_ref_frames")
        try bits.expect(bits.bits(1), 0, "gaps_in_frame_num_value_allowed_flag")
        sequence.columns = try bits.code() + 1
        sequence.rows = try bits.code() + 1
        try bits.expect(bits.bits(2), 3, "frame_mbs_only_flag, direct_8x8_inference_flag")
        if try bits.bits(1) == 1 {
            let sides = try (0..<4).map { _ in try bits.code() }
            sequence.cropRight = sides[1] * 2
            sequence.cropBottom = sides[3] * 2
        }
        return sequence
    }
}
