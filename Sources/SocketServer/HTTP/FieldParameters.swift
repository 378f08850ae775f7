/// The parameters of a field value such as `form-data; name="files"; filename="a.txt"` (RFC 9110 section 5.6.6).
struct FieldParameters {
    private var items: [(name: String, value: String)] = []

    init(_ text: String) {
        var index = text.utf8.startIndex
        let bytes = text.utf8
        // The value itself ends at the first semicolon.
        while index < bytes.endIndex, bytes[index] != UInt8(ascii: ";") { index = bytes.index(after: index) }
        while index < bytes.endIndex {
            index = bytes.index(after: index)
            let nameStart = index
            while index < bytes.endIndex, bytes[index] != UInt8(ascii: "="), bytes[index] != UInt8(ascii: ";") {
                index = bytes.index(after: index)
            }
            let name = Self.trimmed(text[nameStart..<index])
            guard index < bytes.endIndex, bytes[index] == UInt8(ascii: "=") else { continue }
            index = bytes.index(after: index)
            items.append((name.lowercased(), Self.value(text, &index)))
        }
    }

    subscript(name: String) -> String? { items.first { $0.name == name }?.value }

    /// A token, or a quoted string of which `\"` and `\\` are taken back; browsers leave other backslashes as they are.
    private static func value(_ text: String, _ index: inout String.Index) -> String {
        let bytes = text.utf8
        while index < bytes.endIndex, bytes[index] == 0x20 { index = bytes.index(after: index) }
        guard index < bytes.endIndex, bytes[index] == UInt8(ascii: "\"") else {
            let start = index
            while index < bytes.endIndex, bytes[index] != UInt8(ascii: ";") { index = bytes.index(after: index) }
            return trimmed(text[start..<index])
        }
        var result: [UInt8] = []
        index = bytes.index(after: index)
        while index < bytes.endIndex, bytes[index] != UInt8(ascii: "\"") {
            var byte = bytes[index]
            let next = bytes.index(after: index)
            if byte == UInt8(ascii: "\\"), next < bytes.endIndex,
                bytes[next] == UInt8(ascii: "\"") || bytes[next] == UInt8(ascii: "\\")
            {
                byte = bytes[next]
                index = next
            }
            result.append(byte)
            index = bytes.index(after: index)
        }
        while index < bytes.endIndex, bytes[index] != UInt8(ascii: ";") { index = bytes.index(after: index) }
        return String(decoding: result, as: UTF8.self)
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return String(text)
    }
}
