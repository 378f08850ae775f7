/// Text of somebody else's, as it may be shown on a terminal.
///
/// A file and a request may hold anything: a letter that moves the cursor, clears the screen or turns the line around would make an error
/// say something that we did not write.
extension StringProtocol {
    /// On one line, with all that would command a terminal spelled out: `\n`, `\u{1B}`.
    public var printable: String { spelledOut(keeping: nil) }

    /// The same, but with its line breaks.
    public var printableLines: String { spelledOut(keeping: "\n") }

    private func spelledOut(keeping kept: Unicode.Scalar?) -> String {
        guard unicodeScalars.contains(where: { $0.isCommand && $0 != kept }) else { return String(self) }
        var text = ""
        for scalar in unicodeScalars {
            if scalar.isCommand && scalar != kept {
                text += scalar.escaped(asASCII: true)
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

extension Unicode.Scalar {
    /// Whether it does something instead of being seen: control characters, line separators, changes of direction.
    fileprivate var isCommand: Bool {
        if value >= 0x20 && value < 0x7F { return false }
        return switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: properties.isBidiControl
        }
    }
}
