internal import Words

/// Why an app file cannot be used, and where.
///
/// Nothing of a wrong file is used: a fake that plays half of an app would mislead its users.
public struct AppFileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file's name as it was given.
    public let file: String
    /// The line of the fault; the first is 1.
    public let line: Int
    /// The column of the fault; the first is 1.
    public let column: Int
    /// What is wrong, and what would be right.
    public let message: String

    /// `app.yaml:12:5: there is no component type "textbo"; did you mean "textbox"?`
    public var description: String { "\(file):\(line):\(column): \(message)" }
}

/// "; did you mean "…"?" with the word that was meant, or nothing.
func hint(for word: String, in choices: some Sequence<String>) -> String {
    nearestWord(to: word, among: Array(choices)).map { "; did you mean \"\($0)\"?" } ?? ""
}
