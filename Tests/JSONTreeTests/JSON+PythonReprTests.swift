import JSONTree
import Testing

@Suite struct JSONPythonReprTests {
    /// As Python 3.11's `repr` answers.
    @Test(arguments: [
        ("it's", #""it's""#), (#"say "hi""#, #"'say "hi"'"#), (#"it's "so""#, #"'it\'s "so"'"#), ("a\\b", #"'a\\b'"#),
        ("a\n\r\t\u{0}\u{7F}", #"'a\n\r\t\x00\x7f'"#), ("ä😀", "'ä😀'"),
        ("\u{A0}\u{AD}\u{200B}\u{2028}\u{E000}\u{FEFF}\u{E0001}", #"'\xa0\xad\u200b\u2028\ue000\ufeff\U000e0001'"#),
    ])
    func `a string is quoted as python quotes it`(text: String, expected: String) {
        #expect(JSON.string(text).pythonRepr == expected)
    }

    @Test func `values are written as python's`() throws {
        let value = try JSON(
            parsing: #"{"a":null,"b":[true,false],"c":1e5,"d":-0,"e":{},"f":[],"n":NaN,"i":-Infinity}"#,
            options: .python)

        #expect(
            value.pythonRepr
                == "{'a': None, 'b': [True, False], 'c': 100000.0, 'd': 0, 'e': {}, 'f': [], 'n': nan, 'i': -inf}")
    }

    @Test func `a string is itself to str and every type has its name`() {
        #expect(JSON.string("it's").pythonStr == "it's")
        #expect(JSON.null.pythonStr == "None")
        let values: [JSON] = [nil, true, 1, 1.0, "", [], [:]]
        #expect(values.map(\.pythonType) == ["NoneType", "bool", "int", "float", "str", "list", "dict"])
    }
}
