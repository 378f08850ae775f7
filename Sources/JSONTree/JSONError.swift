/// Why a text is not JSON, and where.
public struct JSONError: Error, Sendable {
    /// What is wrong at the place.
    public enum Reason: Sendable, Hashable {
        /// The text ends before the value does.
        case unexpectedEnd
        /// Something stands where a value should begin.
        case expectedValue
        /// Something stands where the quote of a key should.
        case expectedKey
        /// A key without its colon.
        case expectedColon
        /// An element that neither a comma nor the end of its array or object follows.
        case expectedCommaOrEnd
        /// A number with a leading zero or without the digits that must follow.
        case invalidNumber
        /// A backslash with something unknown behind it, or `\u` without four hexadecimal digits.
        case invalidEscape
        /// Half of a surrogate pair; only with ``JSONParseOptions/rejectsLoneSurrogates``.
        case loneSurrogate
        /// A byte below 0x20 in a string.
        case controlCharacter
        /// Bytes that are not UTF-8. Looked for first, whatever else is wrong, as the servers decode before they parse.
        case invalidUTF8
        /// Something behind the value.
        case extraContent
        /// More levels than ``JSONParseOptions/maximumDepth``.
        case tooDeep
    }

    /// What is wrong.
    public let reason: Reason

    /// Where, in the text.
    public let position: TextPosition

    /// The text that was parsed, for ``python`` and ``orjson``, which see other faults in other places.
    let source: [UInt8]

    /// Characters (Unicode scalars) before the fault.
    public var offset: Int { position.offset }

    /// Bytes before the fault.
    public var byteOffset: Int { position.byteOffset }

    /// The line of the fault; the first is 1.
    public var line: Int { position.line }

    /// The column of the fault in characters; the first is 1.
    public var column: Int { position.column }

    /// One sentence with the place: `expected a value at line 1, column 4`.
    public var message: String { "\(reason.phrase) at line \(line), column \(column)" }

    init(_ reason: Reason, at byteOffset: Int, in source: [UInt8]) {
        let broken = source.firstInvalidUTF8
        self.reason = broken == nil ? reason : .invalidUTF8
        self.position = TextPosition(of: broken ?? byteOffset, in: source)
        self.source = source
    }
}

extension JSONError: CustomStringConvertible {
    public var description: String { message }
}

extension JSONError.Reason {
    /// What is wrong, in our own words.
    var phrase: String {
        switch self {
        case .unexpectedEnd: "unexpected end"
        case .expectedValue: "expected a value"
        case .expectedKey: "expected a key in double quotes"
        case .expectedColon: "expected a colon"
        case .expectedCommaOrEnd: "expected a comma or the end of the array or object"
        case .invalidNumber: "malformed number"
        case .invalidEscape: "unknown or incomplete escape"
        case .loneSurrogate: "half of a surrogate pair"
        case .controlCharacter: "unescaped control character"
        case .invalidUTF8: "invalid UTF-8"
        case .extraContent: "something follows the value"
        case .tooDeep: "too many levels"
        }
    }
}
