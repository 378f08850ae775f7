/// Numbers of bytes. `KB` is 1000 and `KiB` 1024, in small letters too.
enum ByteCount {
    private static let units: [(name: String, bytes: Double)] = [
        ("gib", 0x1p30), ("mib", 0x1p20), ("kib", 0x1p10), ("gb", 1e9), ("mb", 1e6), ("kb", 1e3), ("b", 1),
    ]

    /// Reads `10KB`, `1.5MB`, `512`; nil for anything else, and for a part of a byte.
    static func read(_ text: some StringProtocol) -> Int? {
        var rest = Substring(text)
        guard let number = rest.popNumber() else { return nil }
        let name = rest.lowercased()
        guard let scale = name.isEmpty ? 1 : units.first(where: { $0.name == name })?.bytes else { return nil }
        let bytes = number * scale
        return bytes < 0x1p53 && bytes == bytes.rounded() ? Int(bytes) : nil
    }

    /// Reads `10KB/s`; nil for anything else, such as a number without its unit.
    static func readRate(_ text: String) -> Int? {
        guard text.hasSuffix("/s"), text.utf8.dropLast(2).last.map({ $0 | 0x20 }) == UInt8(ascii: "b") else {
            return nil
        }
        return read(text.dropLast(2))
    }

    /// In the largest unit that needs no fraction: `10KB`, `1500B`.
    static func spelled(_ bytes: Int) -> String {
        for (name, scale) in [("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1000)]
        where bytes != 0 && bytes.isMultiple(of: scale) {
            return "\(bytes / scale)\(name)"
        }
        return "\(bytes)B"
    }
}

extension Substring {
    /// Takes digits, and a fraction if there is one, from the beginning.
    fileprivate mutating func popNumber() -> Double? {
        let digits = prefix { ("0"..."9").contains($0) || $0 == "." }
        guard let number = Double(digits), digits.first != ".", digits.last != "." else { return nil }
        self = dropFirst(digits.count)
        return number
    }
}
