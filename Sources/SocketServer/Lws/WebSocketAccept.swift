internal import CLws

/// The proof that the server read the client's key (RFC 6455 section 4.2.2, point 5.4).
enum WebSocketAccept {
    static func value(for key: String) -> String {
        let text = Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)
        var digest = [UInt8](repeating: 0, count: 20)
        var encoded = [CChar](repeating: 0, count: 32)
        unsafe lws_SHA1(text, text.count, &digest)
        let count = unsafe digest.withUnsafeBytes { bytes in
            unsafe lws_b64_encode_string(
                bytes.baseAddress!.assumingMemoryBound(to: CChar.self), 20, &encoded, Int32(encoded.count))
        }
        return String(decoding: encoded.prefix(Int(max(0, count))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
