import JSONTree
import Testing

@Suite struct JSONTests {
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

    @Test func `a key that comes again keeps its first place and its last value`() throws {
        let value = try JSON(parsing: #"{"a":1,"b":2,"a":3}"#)

        #expect(value.text() == #"{"a":3,"b":2}"#)
    }
}
