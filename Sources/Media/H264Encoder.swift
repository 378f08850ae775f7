internal import Glibc

/// Codes pictures one after the other: macroblocks that changed as plain samples (I_PCM), all others skipped.
///
/// There is no transform and no prediction: a fake's film needs no small file, but a decoder must accept it,
/// and its pixels must be right.
struct H264Encoder {
    private let parameters: H264Parameters
    /// What a decoder shows now; a macroblock that could not be afforded still differs here and comes later.
    private var shown: Bitmap?
    private var number = 0

    /// Bytes of one macroblock: 256 of luma, 64 of each chroma, and its type.
    static let macroblockBytes = 386

    init(_ parameters: H264Parameters) {
        self.parameters = parameters
    }

    /// The slice of the next picture, one NAL unit. The first picture is whole; of the others at most `budget`
    /// macroblocks are renewed. The picture has the size that the parameters name.
    mutating func slice(of bitmap: Bitmap, budget: Int) -> [UInt8] {
        guard var shown else {
            self.shown = bitmap
            return firstSlice(of: bitmap)
        }
        number += 1
        var unit = BitWriter(header: 0x41)
        writeHead(to: &unit, type: 5)
        var skipped = 0
        var renewed = 0
        var block = Macroblock()
        for row in 0..<parameters.rows {
            for column in 0..<parameters.columns {
                guard renewed < budget, differs(bitmap, shown, column, row) else {
                    skipped += 1
                    continue
                }
                unit.write(code: skipped)
                unit.write(code: 30)  // mb_type in a P slice: 5 + I_PCM
                unit.align()
                unit.append(samples: block.samples(of: bitmap, column: column, row: row))
                copy(from: bitmap, to: &shown, column, row)
                skipped = 0
                renewed += 1
            }
        }
        if skipped > 0 { unit.write(code: skipped) }
        self.shown = shown
        return unit.finish()
    }

    private func firstSlice(of bitmap: Bitmap) -> [UInt8] {
        var unit = BitWriter(header: 0x65)
        writeHead(to: &unit, type: 7)
        var block = Macroblock()
        for row in 0..<parameters.rows {
            for column in 0..<parameters.columns {
                unit.write(code: 25)  // mb_type: I_PCM
                unit.align()
                unit.append(samples: block.samples(of: bitmap, column: column, row: row))
            }
        }
        return unit.finish()
    }

    /// Clause 7.3.3; type 7 is an I slice of an IDR picture, 5 a P slice.
    private func writeHead(to unit: inout BitWriter, type: Int) {
        unit.write(code: 0)  // first_mb_in_slice
        unit.write(code: type)
        unit.write(code: 0)  // pic_parameter_set_id
        unit.write(number, bits: H264Parameters.frameNumberBits)
        if type == 7 {
            unit.write(code: 0)  // idr_pic_id
            unit.write(false)  // no_output_of_prior_pics_flag
            unit.write(false)  // long_term_reference_flag
        } else {
            unit.write(false)  // num_ref_idx_active_override_flag
            unit.write(false)  // ref_pic_list_modification_flag_l0
            unit.write(false)  // adaptive_ref_pic_marking_mode_flag
        }
        unit.write(code: 0)  // slice_qp_delta
        unit.write(code: 1)  // disable_deblocking_filter_idc
    }

    private func differs(_ one: Bitmap, _ other: Bitmap, _ column: Int, _ row: Int) -> Bool {
        let count = min(16, one.width - column * 16) * 4
        return unsafe one.pixels.withUnsafeBytes { one in
            unsafe other.pixels.withUnsafeBytes { other in
                lines(of: row).contains { line in
                    let at = (line * parameters.width + column * 16) * 4
                    return unsafe memcmp(one.baseAddress! + at, other.baseAddress! + at, count) != 0
                }
            }
        }
    }

    private func copy(from source: Bitmap, to target: inout Bitmap, _ column: Int, _ row: Int) {
        let count = min(16, source.width - column * 16) * 4
        unsafe source.pixels.withUnsafeBytes { source in
            unsafe target.pixels.withUnsafeMutableBytes { target in
                for line in lines(of: row) {
                    let at = (line * parameters.width + column * 16) * 4
                    unsafe memcpy(target.baseAddress! + at, source.baseAddress! + at, count)
                }
            }
        }
    }

    private func lines(of row: Int) -> Range<Int> {
        row * 16..<min(row * 16 + 16, parameters.height)
    }
}
