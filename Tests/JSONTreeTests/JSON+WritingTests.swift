import JSONTree
import Testing

@Suite struct JSONWritingTests {
    @Test func `a text comes back with its order and its spellings`() throws {
        let text = #"{"b":1,"a":1.0,"seed":18446744073709551615,"x":1e5,"n":null,"t":[true,false,"ä\n\"\u0001"]}"#

        let value = try JSON(parsing: text)

        #expect(value.text() == text)
        #expect(value["seed"]?.number?.uint64 == .max)
        #expect(value[pointer: "/t/0"] == true)
    }

    @Test func `each style writes as its Python call does`() {
        let value: JSON = ["a": 1, "b": ["ä😀\u{7F}", nil, 1.0]]

        #expect(value.text(.compact) == "{\"a\":1,\"b\":[\"ä😀\u{7F}\",null,1.0]}")
        #expect(value.text(.python) == #"{"a": 1, "b": ["\u00e4\ud83d\ude00\u007f", null, 1.0]}"#)
        #expect(value.text(.pythonUTF8) == "{\"a\": 1, \"b\": [\"ä😀\u{7F}\", null, 1.0]}")
        #expect(value.text(.compactASCII) == #"{"a":1,"b":["\u00e4\ud83d\ude00\u007f",null,1.0]}"#)
    }

    @Test func `what must be escaped is, and nothing else`() {
        let value: JSON = "\u{8}\u{9}\u{A}\u{C}\u{D}\u{0}\u{1F}\"\\/\u{7F}\u{2028}<é"

        #expect(value.text(.compact) == #""\b\t\n\f\r\u0000\u001f\"\\/"# + "\u{7F}\u{2028}<é\"")
        #expect(value.text(.compactASCII) == #""\b\t\n\f\r\u0000\u001f\"\\/\u007f\u2028<\u00e9""#)
    }

    @Test func `empty arrays and objects have no blanks in any style`() {
        let value: JSON = [[], [:]]

        #expect(value.text(.python) == "[[], {}]")
        #expect(value.text(.compact) == "[[],{}]")
    }

    @Test func `writing appends to what is there`() {
        var bytes = Array("data: ".utf8)

        (["a": 1] as JSON).write(into: &bytes, .python)

        #expect(String(decoding: bytes, as: UTF8.self) == #"data: {"a": 1}"#)
    }
}
