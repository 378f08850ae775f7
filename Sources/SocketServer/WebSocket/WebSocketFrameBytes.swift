/// Frames as bytes, right ones and wrong ones, for ``WebSocketAct/raw(_:)``.
public enum WebSocketFrameBytes {
    /// One frame (RFC 6455 section 5.2).
    ///
    /// - Parameters:
    ///   - opcode: 0 continuation, 1 text, 2 binary, 8 close, 9 ping, 10 pong; its lower four bits count.
    ///   - isFinal: false announces continuation frames.
    ///   - reserved: the three reserved bits: 4 is RSV1 (a compressed message), 2 RSV2, 1 RSV3.
    ///   - maskKey: four bytes to mask the payload with (zeros where there are fewer), which a server must not do.
    public static func frame(
        opcode: UInt8, payload: [UInt8], isFinal: Bool = true, reserved: UInt8 = 0, maskKey: [UInt8]? = nil
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(payload.count + 14)
        bytes.append((isFinal ? 0x80 : 0) | (reserved & 0x7) << 4 | (opcode & 0xF))
        WebSocketFrame.writeLength(payload.count, isMasked: maskKey != nil, into: &bytes)
        guard let maskKey else { return bytes + payload }
        let key = Array((maskKey + [0, 0, 0, 0]).prefix(4))
        bytes.append(contentsOf: key)
        for (index, byte) in payload.enumerated() { bytes.append(byte ^ key[index & 3]) }
        return bytes
    }
}
