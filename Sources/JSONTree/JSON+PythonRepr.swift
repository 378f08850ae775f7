extension JSON {
    /// What Python's `repr` says of the value once `json.loads` has read it: `{'a': None, 'b': [True, 1.0]}`.
    ///
    /// The servers put it into their error texts.
    public var pythonRepr: String {
        switch self {
        case .null: "None"
        case .bool(let value): value ? "True" : "False"
        case .number(let value): value.isInteger ? value.asPython.spelling : value.double.pythonRepr
        case .string(let value): value.pythonRepr
        case .array(let values): "[" + values.map(\.pythonRepr).joined(separator: ", ") + "]"
        case .object(let object):
            "{" + object.map { "\($0.key.pythonRepr): \($0.value.pythonRepr)" }.joined(separator: ", ") + "}"
        }
    }

    /// What Python's `str` says of the value: the text itself for a string, else the same as ``pythonRepr``.
    public var pythonStr: String { string ?? pythonRepr }

    /// The name of the Python type that `json.loads` makes of the value: `NoneType`, `bool`, `int`, `float`, `str`,
    /// `list`, `dict`.
    public var pythonType: String {
        switch self {
        case .null: "NoneType"
        case .bool: "bool"
        case .number(let value): value.isInteger ? "int" : "float"
        case .string: "str"
        case .array: "list"
        case .object: "dict"
        }
    }
}

extension String {
    /// The text as Python's `repr` quotes it: in single quotes, or in double ones if it has a single quote and no
    /// double one; what cannot be printed is escaped.
    public var pythonRepr: String {
        let quote: Unicode.Scalar = utf8.contains(UInt8(ascii: "'")) && !utf8.contains(UInt8(ascii: "\"")) ? "\"" : "'"
        var text = String.UnicodeScalarView([quote])
        for scalar in unicodeScalars {
            switch scalar {
            case quote, "\\": text.append(contentsOf: ["\\", scalar])
            case "\n": text.append(contentsOf: ["\\", "n"])
            case "\r": text.append(contentsOf: ["\\", "r"])
            case "\t": text.append(contentsOf: ["\\", "t"])
            case " "..."~": text.append(scalar)
            default:
                if scalar.isPrintableToPython {
                    text.append(scalar)
                } else {
                    text.append(contentsOf: scalar.pythonEscape.unicodeScalars)
                }
            }
        }
        text.append(quote)
        return String(text)
    }
}

extension Unicode.Scalar {
    /// `str.isprintable` of Python: no control, format, unassigned or private character and no blank but the space.
    fileprivate var isPrintableToPython: Bool {
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        case .spaceSeparator: self == " "
        default: true
        }
    }

    /// `\x7f`, `\u200b` or `\U000e0001`.
    fileprivate var pythonEscape: String {
        let digits = String(value, radix: 16)
        let (letter, width) = value < 0x100 ? ("x", 2) : value < 0x10000 ? ("u", 4) : ("U", 8)
        return "\\" + letter + String(repeating: "0", count: width - digits.utf8.count) + digits
    }
}
