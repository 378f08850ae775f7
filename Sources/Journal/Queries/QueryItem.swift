/// One item of a query string or a form, decoded.
typealias QueryItem = (name: String, value: String)

extension ExchangeRecord {
    /// The items of the target's query, in their order.
    var queryItems: [QueryItem] {
        guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return [] }
        return PercentEncoding.items(target.utf8[target.utf8.index(after: mark)...])
    }
}

/// application/x-www-form-urlencoded, which query strings are as well.
enum PercentEncoding {
    static func items(_ text: Substring.UTF8View) -> [QueryItem] {
        text.split(separator: UInt8(ascii: "&")).map { item in
            let parts = item.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            return (decoded(parts[0]), parts.count > 1 ? decoded(parts[1]) : "")
        }
    }

    /// A `+` is a blank; a percent sign that no two digits follow stays.
    private static func decoded(_ text: some Sequence<UInt8>) -> String {
        let text = Array(text)
        var bytes: [UInt8] = []
        var place = 0
        while place < text.count {
            let byte = text[place]
            if byte == UInt8(ascii: "%"), place + 2 < text.count, let high = digit(text[place + 1]),
                let low = digit(text[place + 2])
            {
                bytes.append(high << 4 | low)
                place += 2
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
            place += 1
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        Character(UnicodeScalar(byte)).hexDigitValue.map { UInt8($0) }
    }
}
