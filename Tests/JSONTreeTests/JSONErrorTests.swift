import JSONTree
import Testing

@Suite struct JSONErrorTests {
    private func fault(_ text: String, _ options: JSONParseOptions = .strict) throws -> JSONError {
        try fault(Array(text.utf8), options)
    }

    private func fault(_ bytes: [UInt8], _ options: JSONParseOptions = .strict) throws -> JSONError {
        try #require(throws: JSONError.self) { try JSON(parsing: bytes, options: options) }
    }

    @Test func `the place is told in bytes, characters, lines and columns`() throws {
        let error = try fault("{\n \"ä😀\": x}")

        #expect(error.reason == .expectedValue)
        #expect((error.byteOffset, error.offset) == (13, 9))
        #expect((error.line, error.column) == (2, 8))
        #expect(error.message == "expected a value at line 2, column 8")
    }

    @Test(
        arguments: [
            ([0x22, 0xFF, 0x22], 2), ([0x7B, 0x22, 0xC3, 0xA9, 0xC0, 0x80, 0x22, 0x7D], 4),
            ([0x22, 0xED, 0xA0, 0x80, 0x22], 2),
            ([0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], 2), ([0x22, 0xE4, 0xBD], 2), ([0x5D, 0x80], 2),
            ([0x22, 0x5C, 0x6E, 0xE0, 0x80, 0x80, 0x22], 4),
        ] as [([UInt8], Int)])
    func `bytes that are no UTF-8 are named before everything else`(bytes: [UInt8], column: Int) throws {
        let error = try fault(bytes)

        #expect(error.reason == .invalidUTF8)
        #expect((error.line, error.column) == (1, column))
        #expect(error.orjsonMessage == "str is not valid UTF-8: surrogates not allowed: line 1 column 1 (char 0)")
    }

    /// As CPython 3.11.7 answers.
    @Test(arguments: [
        ("", "Expecting value", 0), (" ", "Expecting value", 1),
        ("{", "Expecting property name enclosed in double quotes", 1),
        ("{bad", "Expecting property name enclosed in double quotes", 1),
        ("{\"a\":1,}", "Expecting property name enclosed in double quotes", 7),
        ("{\"a\"", "Expecting ':' delimiter", 4),
        ("{\"a\" 1}", "Expecting ':' delimiter", 5), ("{\"a\":1 \"b\":2}", "Expecting ',' delimiter", 7),
        ("[1 2]", "Expecting ',' delimiter", 3), ("[1,]", "Expecting value", 3), ("tru", "Expecting value", 0),
        ("-", "Expecting value", 0), ("01", "Extra data", 1), ("1.", "Extra data", 1), ("1e+", "Extra data", 1),
        ("[1.]", "Expecting ',' delimiter", 2), ("{} {}", "Extra data", 3),
        ("\"abc", "Unterminated string starting at", 0),
        ("{\"a\":\"b\\", "Unterminated string starting at", 5), ("\"a\\x\"", "Invalid \\escape", 2),
        ("\"a\\u12g4\"", "Invalid \\uXXXX escape", 3), ("\"\\u1234", "Invalid \\uXXXX escape", 2),
        ("\"\\ud800\\u\"", "Invalid \\uXXXX escape", 8), ("\"a\nb\"", "Invalid control character at", 2),
        ("\u{FEFF}{}", "Unexpected UTF-8 BOM (decode using utf-8-sig)", 0), ("{\"ä\":1} x", "Extra data", 8),
    ])
    func `python's json would say it so`(text: String, message: String, offset: Int) throws {
        let error = try fault(text, .python)

        #expect(error.pythonMessage == message)
        #expect(error.python.position.offset == offset)
    }

    @Test func `python's whole sentence has line, column and offset`() throws {
        let error = try fault("{\n\n  b", .python)

        #expect(
            error.python.description == "Expecting property name enclosed in double quotes: line 3 column 3 (char 5)")
    }

    /// As orjson 3.13.0 answers, and with it LiteLLM.
    @Test(arguments: [
        ("", "Input is a zero-length, empty document: line 1 column 1 (char 0)"),
        (" ", "input data is empty: line 1 column 1 (char 0)"),
        ("{bad", "unexpected character, expected a string key: line 1 column 2 (char 1)"),
        ("{\"model\":\"gpt-4o-mini\",\"messages\":[", "unexpected end of data: line 1 column 36 (char 35)"),
        ("{\"a\":1}{", "unexpected content after document: line 1 column 8 (char 7)"),
        ("{\"a\":1,\n}", "trailing comma is not allowed: line 1 column 7 (char 6)"),
        ("[1 , ]", "trailing comma is not allowed: line 1 column 4 (char 3)"),
        ("{\"a\" 1}", "unexpected character, expected ':' after key: line 1 column 6 (char 5)"),
        ("{\"a\":1]", "unexpected character, expected ',' or '}': line 1 column 7 (char 6)"),
        ("[1 2]", "unexpected character, expected ',' or ']': line 1 column 4 (char 3)"),
        ("[,]", "unexpected character, expected a JSON value: line 1 column 2 (char 1)"),
        ("[nan]", "invalid literal, expected 'null': line 1 column 2 (char 1)"),
        ("[fals", "unexpected end of data: line 1 column 6 (char 5)"),
        ("-x", "no digit after sign: line 1 column 2 (char 1)"),
        ("+1", "no digit after sign: line 1 column 1 (char 0)"),
        ("-01", "number with leading zero is not allowed: line 1 column 2 (char 1)"),
        ("[1.]", "no digit after decimal point: line 1 column 4 (char 3)"),
        ("[1e]", "no digit after exponent sign: line 1 column 4 (char 3)"),
        ("\"a\\x\"", "invalid escaped sequence in string: line 1 column 3 (char 2)"),
        ("\"\\ud800\"", "no low surrogate in string: line 1 column 2 (char 1)"),
        ("\"\\ud800\\u0041\"", "invalid low surrogate in string: line 1 column 2 (char 1)"),
        ("\"\\udc00\"", "invalid high surrogate in string: line 1 column 2 (char 1)"),
        ("\"\\ud83d\\udc0", "unexpected end of data: line 1 column 13 (char 12)"),
        ("\"a\nb\"", "unexpected control character in string: line 1 column 3 (char 2)"),
        ("\u{FEFF}{}", "UTF-8 byte order mark (BOM) is not supported: line 1 column 1 (char 0)"),
        ("[\n\"ä\", \n @", "unexpected character, expected a JSON value: line 3 column 2 (char 9)"),
    ])
    func `orjson would say it so`(text: String, message: String) throws {
        #expect(try fault(text, .liteLLM).orjsonMessage == message)
    }

    @Test func `more levels than orjson opens are refused where it refuses them`() throws {
        let error = try fault(String(repeating: "[", count: 100_000), .liteLLM)

        #expect(error.reason == .tooDeep)
        #expect(error.orjsonMessage == "depth limit exceeded: line 1 column 1026 (char 1025)")
    }

    @Test func `what python would take is refused in our own words`() throws {
        #expect(try fault("[NaN]").python.description == "expected a value: line 1 column 2 (char 1)")
    }
}
