/// Finds the word by which a message is known without reading all of its JSON.
enum MessageType {
    /// The text of the first member with one of these names. Inside a text of JSON a quotation mark is escaped, so that
    /// `"msg":` stands only where a member begins.
    static func member(_ names: [String], in bytes: [UInt8]) -> String? {
        for name in names {
            let needle = Array("\"\(name)\":".utf8)
            var start = 0
            while let found = place(of: needle, in: bytes, from: start) {
                start = found + needle.count
                var index = start
                while index < bytes.count, bytes[index] == 0x20 { index += 1 }
                guard index < bytes.count, bytes[index] == 0x22 else { continue }
                guard let end = bytes[(index + 1)...].firstIndex(of: 0x22) else { return nil }
                return String(decoding: bytes[(index + 1)..<end], as: UTF8.self)
            }
        }
        return nil
    }

    private static func place(of needle: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard bytes.count >= needle.count + start else { return nil }
        for index in start...(bytes.count - needle.count) where bytes[index] == 0x22 {
            var length = 1
            while length < needle.count, bytes[index + length] == needle[length] { length += 1 }
            if length == needle.count { return index }
        }
        return nil
    }
}
