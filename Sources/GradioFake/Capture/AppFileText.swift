import JSONTree

/// Writes a tree as YAML that people read and change: the frame of an app file in lines of its own, values as short as they are.
enum AppFileText {
    /// Lists of parts, which stand in lines of their own.
    private static let open: Set<String> = ["components", "children", "functions", "do", "then", "else"]
    private static let room = 110

    static func of(_ tree: JSONObject) -> String {
        var lines: [String] = []
        for (key, value) in tree { member(key, value, 0, &lines) }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func member(_ key: String, _ value: JSON, _ depth: Int, _ lines: inout [String]) {
        let start = String(repeating: " ", count: depth) + scalar(key) + ":"
        // The name of a component that needs none.
        if value.isNull, lines.isEmpty { return lines.append(start) }
        let short = flow(value)
        let isOpen = open.contains(key) && value.array?.isEmpty == false
        if !isOpen, isAtom(value) || start.count + short.count < room {
            lines.append(start + " " + short)
        } else if let members = value.object {
            lines.append(start)
            for (key, value) in members { member(key, value, depth + 2, &lines) }
        } else {
            lines.append(start)
            for element in value.array ?? [] { item(element, depth + 2, &lines) }
        }
    }

    private static func item(_ value: JSON, _ depth: Int, _ lines: inout [String]) {
        let dash = String(repeating: " ", count: depth) + "- "
        let short = flow(value)
        guard let members = value.object, !members.isEmpty else {
            guard let elements = value.array, dash.count + short.count >= room else {
                return lines.append(dash + short)
            }
            lines.append(dash.dropLast().description)
            for element in elements { item(element, depth + 2, &lines) }
            return
        }
        var inner: [String] = []
        for (key, value) in members { member(key, value, depth + 2, &inner) }
        inner[0] = dash + inner[0].dropFirst(depth + 2)
        lines += inner
    }

    private static func isAtom(_ value: JSON) -> Bool {
        switch value {
        case .array(let values): values.isEmpty
        case .object(let members): members.isEmpty
        default: true
        }
    }

    /// A value in one line.
    private static func flow(_ value: JSON) -> String {
        switch value {
        case .string(let text): scalar(text)
        case .array(let values): "[" + values.map(flow).joined(separator: ", ") + "]"
        case .object(let members) where members.isEmpty: "{}"
        case .object(let members):
            "{ " + members.map { "\(scalar($0.key)): \(flow($0.value))" }.joined(separator: ", ") + " }"
        default: value.text()
        }
    }

    /// A text without quotes where nothing else could be meant.
    private static func scalar(_ text: String) -> String {
        let words = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
        let isPlain =
            text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || [0x20, 0x5F, 0x2D, 0x2E, 0x28, 0x29, 0x2F].contains(byte)
            } && text.first?.isLetter == true && text.last != " " && !words.contains(text.lowercased())
        return isPlain ? text : escaped(JSON.string(text).text(.pythonUTF8))
    }

    /// Characters that YAML takes for line ends, or does not take at all, are spelled out.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
