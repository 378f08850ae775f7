/// SHA-256 and SHA-1 (FIPS 180-4), for the folders of stored files: their names are hashes of the content.
enum Digest {
    /// 64 hexadecimal digits.
    static func sha256(_ bytes: [UInt8]) -> String {
        var state: [UInt32] = [
            0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
        ]
        var schedule = [UInt32](repeating: 0, count: 64)
        forEachBlock(of: bytes) { words in
            for index in 0..<16 { schedule[index] = words[index] }
            for index in 16..<64 {
                let a = schedule[index - 15]
                let b = schedule[index - 2]
                let first = a.rotated(right: 7) ^ a.rotated(right: 18) ^ a >> 3
                let second = b.rotated(right: 17) ^ b.rotated(right: 19) ^ b >> 10
                schedule[index] = schedule[index - 16] &+ first &+ schedule[index - 7] &+ second
            }
            var s = state
            for index in 0..<64 {
                let e = s[4].rotated(right: 6) ^ s[4].rotated(right: 11) ^ s[4].rotated(right: 25)
                let choice = s[4] & s[5] ^ ~s[4] & s[6]
                let one = s[7] &+ e &+ choice &+ constants[index] &+ schedule[index]
                let a = s[0].rotated(right: 2) ^ s[0].rotated(right: 13) ^ s[0].rotated(right: 22)
                let two = a &+ (s[0] & s[1] ^ s[0] & s[2] ^ s[1] & s[2])
                (s[7], s[6], s[5], s[4]) = (s[6], s[5], s[4], s[3] &+ one)
                (s[3], s[2], s[1], s[0]) = (s[2], s[1], s[0], one &+ two)
            }
            for index in 0..<8 { state[index] &+= s[index] }
        }
        return hexadecimal(state)
    }

    /// 40 hexadecimal digits.
    static func sha1(_ bytes: [UInt8]) -> String {
        var state: [UInt32] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0]
        var schedule = [UInt32](repeating: 0, count: 80)
        forEachBlock(of: bytes) { words in
            for index in 0..<16 { schedule[index] = words[index] }
            for index in 16..<80 {
                schedule[index] =
                    (schedule[index - 3] ^ schedule[index - 8] ^ schedule[index - 14] ^ schedule[index - 16])
                    .rotated(right: 31)
            }
            var s = state
            for index in 0..<80 {
                let (mixed, constant): (UInt32, UInt32) =
                    switch index {
                    case ..<20: (s[1] & s[2] | ~s[1] & s[3], 0x5a82_7999)
                    case ..<40: (s[1] ^ s[2] ^ s[3], 0x6ed9_eba1)
                    case ..<60: (s[1] & s[2] | s[1] & s[3] | s[2] & s[3], 0x8f1b_bcdc)
                    default: (s[1] ^ s[2] ^ s[3], 0xca62_c1d6)
                    }
                let next = s[0].rotated(right: 27) &+ mixed &+ s[4] &+ constant &+ schedule[index]
                (s[4], s[3], s[2], s[1], s[0]) = (s[3], s[2], s[1].rotated(right: 2), s[0], next)
            }
            for index in 0..<5 { state[index] &+= s[index] }
        }
        return hexadecimal(state)
    }

    /// The padded message in blocks of sixteen words.
    private static func forEachBlock(of bytes: [UInt8], _ body: ([UInt32]) -> Void) {
        var words = [UInt32](repeating: 0, count: 16)
        let padded = (bytes.count + 9 + 63) / 64 * 64
        let bits = UInt64(bytes.count) * 8
        for block in stride(from: 0, to: padded, by: 64) {
            for word in 0..<16 {
                var value: UInt32 = 0
                for place in block + word * 4..<block + word * 4 + 4 {
                    let byte: UInt8 =
                        if place < bytes.count {
                            bytes[place]
                        } else if place == bytes.count {
                            0x80
                        } else if place >= padded - 8 {
                            UInt8(truncatingIfNeeded: bits >> (8 * UInt64(padded - 1 - place)))
                        } else {
                            0
                        }
                    value = value << 8 | UInt32(byte)
                }
                words[word] = value
            }
            body(words)
        }
    }

    private static func hexadecimal(_ words: [UInt32]) -> String {
        var text: [UInt8] = []
        for word in words {
            for shift in stride(from: 28, through: 0, by: -4) {
                text.append(Array("0123456789abcdef".utf8)[Int(word >> UInt32(shift) & 15)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static let constants: [UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ]
}

extension UInt32 {
    fileprivate func rotated(right count: UInt32) -> UInt32 { self >> count | self << (32 - count) }
}
