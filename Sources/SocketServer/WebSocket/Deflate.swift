internal import CZlib

/// permessage-deflate of one connection (RFC 7692 section 7.2): two zlib streams, made when first needed, since
/// each weighs more than all else that an idle socket costs.
@safe final class Deflate {
    private let parameters: DeflateParameters
    private var deflater: UnsafeMutablePointer<z_stream>?
    private var inflater: UnsafeMutablePointer<z_stream>?

    init(_ parameters: DeflateParameters) {
        self.parameters = parameters
    }

    deinit {
        unsafe end(&deflater, deflateEnd)
        unsafe end(&inflater, inflateEnd)
    }

    private func end(
        _ stream: inout UnsafeMutablePointer<z_stream>?, _ end: (UnsafeMutablePointer<z_stream>?) -> Int32
    ) {
        guard let pointer = unsafe stream else { return }
        _ = unsafe end(pointer)
        unsafe pointer.deallocate()
        unsafe stream = nil
    }

    /// A message, compressed, without the four bytes that every flush ends with.
    func compress(_ message: [UInt8]) -> [UInt8] {
        guard !message.isEmpty else { return [0x00] }
        if unsafe deflater == nil {
            let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
            unsafe stream.initialize(to: z_stream())
            unsafe deflateInit2_(
                stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -parameters.serverWindowBits, 8, Z_DEFAULT_STRATEGY,
                ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
            unsafe deflater = stream
        }
        guard let stream = unsafe deflater else { return [] }
        let output = unsafe run(stream, message, limit: .max) { unsafe deflate($0, Z_SYNC_FLUSH) } ?? []
        if !parameters.serverTakesOver { unsafe deflateReset(stream) }
        return Array(output.dropLast(4))
    }

    /// A message as it was. Throws if it is damaged, or larger than `limit` bytes.
    func decompress(_ message: [UInt8], limit: Int) throws(WebSocketFault) -> [UInt8] {
        if unsafe inflater == nil {
            let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
            unsafe stream.initialize(to: z_stream())
            unsafe inflateInit2_(stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
            unsafe inflater = stream
        }
        guard let stream = unsafe inflater else { return [] }
        let output = unsafe run(stream, message + [0x00, 0x00, 0xFF, 0xFF], limit: limit) {
            unsafe inflate($0, Z_SYNC_FLUSH)
        }
        guard let output else { throw .protocolError("Invalid compressed data") }
        if output.count > limit { throw .tooBig(limit) }
        // The window is kept whatever the client said: one that does not use it loses nothing.
        return output
    }

    private func run(
        _ stream: UnsafeMutablePointer<z_stream>, _ input: [UInt8], limit: Int,
        _ step: (UnsafeMutablePointer<z_stream>) -> Int32
    ) -> [UInt8]? {
        var input = input
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        let size = buffer.count
        return unsafe input.withUnsafeMutableBufferPointer { source in
            unsafe stream.pointee.next_in = source.baseAddress
            unsafe stream.pointee.avail_in = UInt32(source.count)
            while true {
                let result = unsafe buffer.withUnsafeMutableBufferPointer { target in
                    unsafe stream.pointee.next_out = target.baseAddress
                    unsafe stream.pointee.avail_out = UInt32(size)
                    return unsafe step(stream)
                }
                let produced = unsafe size - Int(stream.pointee.avail_out)
                output.append(contentsOf: buffer[..<produced])
                if result == Z_STREAM_END {
                    // A final block ends the stream; the next message begins a new one.
                    unsafe inflateReset(stream)
                    return output
                }
                guard result == Z_OK || result == Z_BUF_ERROR else { return nil }
                if output.count > limit { return output }
                if unsafe stream.pointee.avail_out > 0 {
                    return unsafe stream.pointee.avail_in == 0 ? output : nil
                }
            }
        }
    }
}
