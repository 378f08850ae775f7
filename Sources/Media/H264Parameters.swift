/// The sequence and picture parameter sets of a film: what a decoder must know before the first picture.
///
/// ITU-T H.264, constrained baseline profile: CAVLC, no fields, no B pictures, one reference picture. The
/// deblocking filter is off in every slice, so what is written is exactly what is shown.
struct H264Parameters {
    /// Bits of `frame_num`.
    static let frameNumberBits = 8
    /// Macroblocks of the largest picture that any level allows.
    static let mostMacroblocks = 139_264

    let width: Int
    let height: Int
    let columns: Int
    let rows: Int
    let level: Int
    /// Ticks of a frame and ticks of a second.
    let frameTicks: Int
    let ticksPerSecond: Int

    init(width: Int, height: Int, frameTicks: Int, ticksPerSecond: Int) {
        self.width = width
        self.height = height
        self.frameTicks = frameTicks
        self.ticksPerSecond = ticksPerSecond
        columns = (width + 15) / 16
        rows = (height + 15) / 16
        // Table A-1: the level that holds a picture of so many macroblocks. Bit rates are not looked at.
        let levels = [(1620, 30), (3600, 31), (8192, 40), (22_080, 50), (36_864, 51)]
        level = levels.first { [columns, rows] in $0.0 >= columns * rows }?.1 ?? 62
    }

    /// NAL unit 7, clause 7.3.2.1.1 with the VUI of annex E.
    var sequence: [UInt8] {
        var unit = BitWriter(header: 0x67)
        unit.write(66, bits: 8)
        unit.write(0b1100_0000, bits: 8)
        unit.write(level, bits: 8)
        unit.write(code: 0)  // seq_parameter_set_id
        unit.write(code: Self.frameNumberBits - 4)
        unit.write(code: 2)  // pic_order_cnt_type: pictures are shown in the order they are coded
        unit.write(code: 1)  // max_num_ref_frames
        unit.write(false)  // gaps_in_frame_num_value_allowed_flag
        unit.write(code: columns - 1)
        unit.write(code: rows - 1)
        unit.write(true)  // frame_mbs_only_flag
        unit.write(true)  // direct_8x8_inference_flag
        // Cropping counts in chroma samples: two pixels.
        let right = (columns * 16 - width) / 2
        let bottom = (rows * 16 - height) / 2
        unit.write(right > 0 || bottom > 0)
        if right > 0 || bottom > 0 {
            for side in [0, right, 0, bottom] { unit.write(code: side) }
        }
        unit.write(true)  // vui_parameters_present_flag
        writeUsability(to: &unit)
        return unit.finish()
    }

    private func writeUsability(to unit: inout BitWriter) {
        unit.write(false)  // aspect_ratio_info_present_flag
        unit.write(false)  // overscan_info_present_flag
        unit.write(true)  // video_signal_type_present_flag
        unit.write(5, bits: 3)
        unit.write(false)  // limited range
        unit.write(true)
        for _ in 0..<3 { unit.write(1, bits: 8) }  // primaries, transfer and matrix of BT.709
        unit.write(false)  // chroma_loc_info_present_flag
        unit.write(true)  // timing_info_present_flag: a tick here is that of a field
        unit.write(frameTicks, bits: 32)
        unit.write(ticksPerSecond * 2, bits: 32)
        unit.write(true)  // fixed_frame_rate_flag
        unit.write(false)  // nal_hrd_parameters_present_flag
        unit.write(false)  // vcl_hrd_parameters_present_flag
        unit.write(false)  // pic_struct_present_flag
        unit.write(true)  // bitstream_restriction_flag
        unit.write(true)  // motion_vectors_over_pic_boundaries_flag
        // Sizes unlimited, vectors of no length, nothing reordered, one picture kept.
        for value in [0, 0, 0, 0, 0, 1] { unit.write(code: value) }
    }

    /// NAL unit 8, clause 7.3.2.2.
    var picture: [UInt8] {
        var unit = BitWriter(header: 0x68)
        unit.write(code: 0)  // pic_parameter_set_id
        unit.write(code: 0)  // seq_parameter_set_id
        unit.write(false)  // entropy_coding_mode_flag: CAVLC
        unit.write(false)  // bottom_field_pic_order_in_frame_present_flag
        unit.write(code: 0)  // num_slice_groups_minus1
        unit.write(code: 0)  // num_ref_idx_l0_default_active_minus1
        unit.write(code: 0)  // num_ref_idx_l1_default_active_minus1
        unit.write(false)  // weighted_pred_flag
        unit.write(0, bits: 2)  // weighted_bipred_idc
        for _ in 0..<3 { unit.write(code: 0) }  // quantisers
        unit.write(true)  // deblocking_filter_control_present_flag
        unit.write(false)  // constrained_intra_pred_flag
        unit.write(false)  // redundant_pic_cnt_present_flag
        return unit.finish()
    }
}
