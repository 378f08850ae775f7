internal import Words

/// How log lines are written to standard error.
public enum LogFormat: String, Sendable, Equatable, CaseIterable {
    /// For people: time, fake, message.
    case text
    /// One JSON object a line.
    case json

    /// Reads `text` or `json`.
    ///
    /// - Parameter place: where the text stood, for the error.
    init(text: String, place: String) throws(SuiteError) {
        guard let format = LogFormat(rawValue: text) else {
            throw .usage(
                "\(place): unknown format \"\(text)\": \(advice(for: text, among: Self.allCases.map(\.rawValue)))")
        }
        self = format
    }
}
