extension JSON {
    /// The value as a text.
    public func text(_ style: JSONStyle = .compact) -> String { String(decoding: bytes(style), as: UTF8.self) }

    /// The value as the bytes of a text.
    public func bytes(_ style: JSONStyle = .compact) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(512)
        write(into: &output, style)
        return output
    }

    /// Appends the value to bytes.
    public func write(into output: inout [UInt8], _ style: JSONStyle = .compact) {
        switch self {
        case .null: output.append(contentsOf: "null".utf8)
        case .bool(let value): output.append(contentsOf: (value ? "true" : "false").utf8)
        case .number(let value): output.append(contentsOf: value.spelling.utf8)
        case .string(let value): value.writeQuoted(into: &output, style)
        case .array(let values):
            output.append(UInt8(ascii: "["))
            var follows = false
            for value in values {
                if follows { output.appendSeparator(UInt8(ascii: ","), style) }
                follows = true
                value.write(into: &output, style)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let object):
            output.append(UInt8(ascii: "{"))
            var follows = false
            for member in object.members {
                if follows { output.appendSeparator(UInt8(ascii: ","), style) }
                follows = true
                member.key.writeQuoted(into: &output, style)
                output.appendSeparator(UInt8(ascii: ":"), style)
                member.value.write(into: &output, style)
            }
            output.append(UInt8(ascii: "}"))
        }
    }
}

extension [UInt8] {
    fileprivate mutating func appendSeparator(_ separator: UInt8, _ style: JSONStyle) {
        append(separator)
        if style.spaced { append(UInt8(ascii: " ")) }
    }

    /// `\uXXXX` with small letters, as Python writes it.
    fileprivate mutating func appendEscape(_ unit: UInt16) {
        append(UInt8(ascii: "\\"))
        append(UInt8(ascii: "u"))
        for shift: UInt16 in [12, 8, 4, 0] {
            let digit = UInt8(truncatingIfNeeded: unit >> shift) & 0xF
            append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit)
        }
    }
}

extension String {
    fileprivate func writeQuoted(into output: inout [UInt8], _ style: JSONStyle) {
        output.append(UInt8(ascii: "\""))
        let written: Void? = unsafe utf8.withContiguousStorageIfAvailable { bytes in
            unsafe String.write(bytes, into: &output, style)
        }
        if written == nil {
            var native = self
            native.makeContiguousUTF8()
            native.withUTF8 { bytes in unsafe String.write(bytes, into: &output, style) }
        }
        output.append(UInt8(ascii: "\""))
    }

    /// Copies runs of plain bytes whole and escapes what stands between them.
    private static func write(_ bytes: UnsafeBufferPointer<UInt8>, into output: inout [UInt8], _ style: JSONStyle) {
        var start = 0
        var place = 0
        while place < bytes.count {
            let byte = unsafe bytes[place]
            // DEL is beyond ASCII to Python's ensure_ascii, which keeps blank to tilde only.
            guard byte < 0x20 || byte == 0x22 || byte == 0x5C || byte >= 0x7F && style.asciiOnly else {
                place += 1
                continue
            }
            unsafe output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<place]))
            place += unsafe appendEscaped(bytes, at: place, into: &output)
            start = place
        }
        unsafe output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start...]))
    }

    /// Escapes one character and says how many bytes it has.
    private static func appendEscaped(
        _ bytes: UnsafeBufferPointer<UInt8>, at place: Int, into output: inout [UInt8]
    ) -> Int {
        let byte = unsafe bytes[place]
        switch byte {
        case 0x22: output.append(contentsOf: "\\\"".utf8)
        case 0x5C: output.append(contentsOf: "\\\\".utf8)
        case 0x0A: output.append(contentsOf: "\\n".utf8)
        case 0x0D: output.append(contentsOf: "\\r".utf8)
        case 0x09: output.append(contentsOf: "\\t".utf8)
        case 0x08: output.append(contentsOf: "\\b".utf8)
        case 0x0C: output.append(contentsOf: "\\f".utf8)
        case 0x00...0x7F: output.appendEscape(UInt16(byte))
        default:
            let length = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
            let character = unsafe String(decoding: bytes[place..<(place + length)], as: UTF8.self)
            for unit in character.utf16 { output.appendEscape(unit) }
            return length
        }
        return 1
    }
}
