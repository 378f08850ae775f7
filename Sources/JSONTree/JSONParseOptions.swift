/// What a parser takes beyond RFC 8259, and how deep it goes.
public struct JSONParseOptions: Sendable, Hashable {
    /// Whether `NaN`, `Infinity` and `-Infinity` are numbers, as Python's `json` has it.
    public var acceptsNonFiniteNumbers: Bool

    /// Whether numbers are respelled as Python writes them after reading: see ``JSONNumber/asPython``.
    public var respellsNumbers: Bool

    /// Whether half of a surrogate pair in `\u` escapes is a fault. If not it becomes U+FFFD.
    ///
    /// Python keeps such a half and its `json` writes it as it came, but it fails as soon as the text is to be
    /// encoded; a Swift string cannot hold it.
    public var rejectsLoneSurrogates: Bool

    /// Whether a UTF-8 byte order mark at the start is skipped, as Python's `json.loads` does with bytes.
    public var skipsByteOrderMark: Bool

    /// How many arrays and objects may stand within each other.
    ///
    /// Reading, comparing and releasing a value take some stack for each level: stay below 10,000.
    public var maximumDepth: Int

    /// RFC 8259, to a depth of 512.
    public init(
        acceptsNonFiniteNumbers: Bool = false, respellsNumbers: Bool = false, rejectsLoneSurrogates: Bool = false,
        skipsByteOrderMark: Bool = false, maximumDepth: Int = 512
    ) {
        self.acceptsNonFiniteNumbers = acceptsNonFiniteNumbers
        self.respellsNumbers = respellsNumbers
        self.rejectsLoneSurrogates = rejectsLoneSurrogates
        self.skipsByteOrderMark = skipsByteOrderMark
        self.maximumDepth = maximumDepth
    }

    /// RFC 8259; numbers stay as they are spelled.
    public static let strict = JSONParseOptions()

    /// What Python's `json.loads` takes, with numbers as `json.dumps` will write them.
    public static let python = JSONParseOptions(acceptsNonFiniteNumbers: true, respellsNumbers: true)

    /// What Python's `json.loads` takes when it is given bytes, as Gradio's and ComfyUI's request bodies are.
    public static let pythonBytes = JSONParseOptions(
        acceptsNonFiniteNumbers: true, respellsNumbers: true, skipsByteOrderMark: true)

    /// What a request body to LiteLLM may be: it tries orjson first, then Python, then refuses what it cannot encode.
    /// The error's words are ``JSONError/orjsonMessage``.
    public static let liteLLM = JSONParseOptions(
        acceptsNonFiniteNumbers: true, respellsNumbers: true, rejectsLoneSurrogates: true,
        maximumDepth: OrjsonScanner.maximumDepth)
}
