/// Writes a NAL unit of H.264: bits, Exp-Golomb codes and whole samples, with emulation prevention.
///
/// Three bytes `00 00 0x` with x ≤ 3 may not occur inside of a unit (clause 7.4.1): a 3 is put before the third.
struct BitWriter {
    /// The unit so far, from its header byte.
    private(set) var bytes: [UInt8]
    private var pending: UInt8 = 0
    private var pendingBits = 0
    private var zeros = 0

    init(header: UInt8) {
        bytes = [header]
    }

    /// Writes the low `count` bits, the highest first: u(n).
    mutating func write(_ value: Int, bits count: Int) {
        for shift in stride(from: count - 1, through: 0, by: -1) {
            pending = pending << 1 | UInt8(truncatingIfNeeded: (value >> shift) & 1)
            pendingBits += 1
            if pendingBits == 8 { flush() }
        }
    }

    /// Writes one bit: u(1).
    mutating func write(_ flag: Bool) {
        write(flag ? 1 : 0, bits: 1)
    }

    /// Writes an unsigned Exp-Golomb code: ue(v).
    mutating func write(code value: Int) {
        let length = (value + 1).bitWidth - (value + 1).leadingZeroBitCount
        write(0, bits: length - 1)
        write(value + 1, bits: length)
    }

    /// Fills up with zeros to the next whole byte, as before the samples of an I_PCM macroblock.
    mutating func align() {
        if pendingBits > 0 { write(0, bits: 8 - pendingBits) }
    }

    /// Appends samples at a whole byte. None of them is below 4, so none can complete a forbidden sequence.
    mutating func append(samples: [UInt8]) {
        bytes += samples
        zeros = 0
    }

    /// Ends the unit: a one, then zeros up to a whole byte.
    mutating func finish() -> [UInt8] {
        write(true)
        align()
        return bytes
    }

    private mutating func flush() {
        if zeros == 2, pending <= 3 {
            bytes.append(3)
            zeros = 0
        }
        bytes.append(pending)
        zeros = pending == 0 ? zeros + 1 : 0
        pending = 0
        pendingBits = 0
    }
}
