/// How a value is written: the blanks between its parts, and whether letters beyond ASCII are escaped.
public struct JSONStyle: Sendable, Hashable {
    /// Whether a blank follows commas and colons.
    public var spaced: Bool
    /// Whether everything beyond ASCII becomes `\uXXXX`.
    public var asciiOnly: Bool

    /// A style by its two properties.
    public init(spaced: Bool, asciiOnly: Bool) {
        self.spaced = spaced
        self.asciiOnly = asciiOnly
    }

    /// `{"a":1,"b":"ä"}`: Python's `json.dumps(x, separators=(",", ":"), ensure_ascii=False)`, Starlette's answers.
    public static let compact = JSONStyle(spaced: false, asciiOnly: false)
    /// `{"a":1,"b":"\u00e4"}`: Python's `json.dumps(x, separators=(",", ":"))`.
    public static let compactASCII = JSONStyle(spaced: false, asciiOnly: true)
    /// `{"a": 1, "b": "\u00e4"}`: Python's `json.dumps(x)`, aiohttp's answers.
    public static let python = JSONStyle(spaced: true, asciiOnly: true)
    /// `{"a": 1, "b": "ä"}`: Python's `json.dumps(x, ensure_ascii=False)`.
    public static let pythonUTF8 = JSONStyle(spaced: true, asciiOnly: false)
}
