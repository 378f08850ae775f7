extension Redaction {
    /// A body, as bytes of the same kind.
    ///
    /// It is read as text, not as a value: what is left of a long body is no whole JSON any more, an event stream is
    /// many values, and whatever is no secret must stay byte by byte. What is not UTF-8 stays as it is.
    public func body(_ bytes: [UInt8], type: String? = nil) -> [UInt8] {
        let type = type?.lowercased() ?? ""
        if type.hasPrefix("application/x-www-form-urlencoded") { return Array(form(bytes.asText).utf8) }
        var secrets = members(of: bytes) + keys(in: bytes)
        if type.hasPrefix("multipart/") { secrets += parts(of: bytes) }
        return Self.replacing(secrets, in: bytes)
    }

    /// Where a secret stands. A number becomes a text.
    private struct Secret {
        let range: Range<Int>
        var isNumber = false
    }

    private static func replacing(_ secrets: [Secret], in bytes: [UInt8]) -> [UInt8] {
        if secrets.isEmpty { return bytes }
        var result: [UInt8] = []
        var place = 0
        for secret in secrets.sorted(by: { $0.range.lowerBound < $1.range.lowerBound })
        where secret.range.lowerBound >= place {
            result += bytes[place..<secret.range.lowerBound]
            let stub = stub(Array(bytes[secret.range]).asText)
            result += Array((secret.isNumber ? "\"\(stub)\"" : stub).utf8)
            place = secret.range.upperBound
        }
        return result + bytes[place...]
    }

    /// The values behind `"name": "` in JSON, wherever it stands.
    private func members(of bytes: [UInt8]) -> [Secret] {
        var secrets: [Secret] = []
        var place = 0
        while let name = Self.string(in: bytes, from: place) {
            place = name.upperBound + 1
            var next = Self.skipBlanks(bytes, from: place)
            guard next < bytes.count, bytes[next] == UInt8(ascii: ":") else { continue }
            next = Self.skipBlanks(bytes, from: next + 1)
            guard next < bytes.count else { break }
            let nameText = Array(bytes[name]).asText
            guard isSecret(nameText) else { continue }
            if bytes[next] == UInt8(ascii: "\""), let value = Self.string(in: bytes, from: next) {
                place = value.upperBound + 1
                if !Redaction.isAmbiguous(nameText) || Self.looksSecret(bytes[value]) {
                    secrets.append(Secret(range: value))
                }
            } else if !Redaction.isAmbiguous(nameText) {
                // A number: a PIN is a password too. Words such as null are none.
                let end = bytes[next...].firstIndex { !$0.isNumberByte } ?? bytes.count
                if end > next { secrets.append(Secret(range: next..<end, isNumber: true)) }
            }
        }
        return secrets
    }

    /// The inside of the next string of JSON; up to the end when it is not closed.
    private static func string(in bytes: [UInt8], from start: Int) -> Range<Int>? {
        guard start < bytes.count, let open = bytes[start...].firstIndex(of: UInt8(ascii: "\"")) else { return nil }
        var place = open + 1
        while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
            place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
        }
        return (open + 1)..<min(place, bytes.count)
    }

    private static func skipBlanks(_ bytes: [UInt8], from start: Int) -> Int {
        guard start < bytes.count else { return bytes.count }
        return bytes[start...].firstIndex { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 } ?? bytes.count
    }

    /// Whether a value of an ambiguous name is a secret: long and without blanks.
    private static func looksSecret(_ value: ArraySlice<UInt8>) -> Bool {
        value.count >= 16 && !value.contains(0x20)
    }

    /// Everything that begins as a key of OpenAI and LiteLLM does and has a digit in it: `sk-1234`.
    private func keys(in bytes: [UInt8]) -> [Secret] {
        var secrets: [Secret] = []
        var place = 0
        while place + 7 <= bytes.count, let start = bytes[place...].firstIndex(of: UInt8(ascii: "s")) {
            place = start + 1
            guard bytes[start...].starts(with: "sk-".utf8), start == 0 || !bytes[start - 1].isKeyByte else { continue }
            let end = bytes[start...].firstIndex { !$0.isKeyByte } ?? bytes.count
            if end - start >= 7, bytes[start..<end].contains(where: { (0x30...0x39).contains($0) }) {
                secrets.append(Secret(range: start..<end))
                place = end
            }
        }
        return secrets
    }

    /// The contents of multipart fields (RFC 7578) with the name of a secret.
    private func parts(of bytes: [UInt8]) -> [Secret] {
        var secrets: [Secret] = []
        var lines: [Range<Int>] = []
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
            lines.append(start..<end)
            start = end + 1
        }
        for (index, line) in lines.enumerated() {
            let text = Array(bytes[line]).asText
            guard text.lowercased().hasPrefix("content-disposition:"), let open = text.range(ofPart: " name=\""),
                isSecret(String(text[open...].prefix { $0 != "\"" })),
                let empty = lines[index...].firstIndex(where: { $0.count < 2 }), empty + 1 < lines.count
            else { continue }
            let value = lines[empty + 1]
            secrets.append(Secret(range: bytes[value].last == 0x0D ? value.dropLast() : value))
        }
        return secrets
    }
}

extension UInt8 {
    /// Digits, sign and point.
    fileprivate var isNumberByte: Bool { (0x30...0x39).contains(self) || [0x2B, 0x2D, 0x2E].contains(self) }

    /// Letters, digits, `-` and `_`.
    fileprivate var isKeyByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension String {
    /// Where a part of the text has ended.
    fileprivate func range(ofPart part: String) -> String.Index? { ranges(of: part).first?.upperBound }
}
