import Testing

@testable import JSONTree

@Suite struct JSONOutermostTests {
    @Test(arguments: [
        (#"{"id": "a"}"#, "a"), (#" { "x" : {"id": "no"}, "y": ["id", "no"], "id" : "yes" }"#, "yes"),
        (#"{"text": "\"id\": \"no\"", "id": "é\n"}"#, "é\n"), (#"{"id": "a", "rest": "#, "a"),
        (#"{"x":"id","id":"b"}"#, "b"),
    ])
    func `a member of the outermost object is found`(text: String, value: String) {
        #expect(JSON.outermostText("id", in: Array(text.utf8)) == value)
    }

    @Test(arguments: [
        "", "[]", "[\"id\", \"a\"]", "\"id\"", "{}", #"{"id": 5}"#, #"{"x": {"id": "a"}}"#, #"{"id"#, #"{"id": "a"#,
        #"{"a": "id"}"#, #"{"id": {"id": "a"}}"#, #"{"id": "\x"}"#, "{} {\"id\": \"a\"}",
    ])
    func `without one there is nothing`(text: String) {
        #expect(JSON.outermostText("id", in: Array(text.utf8)) == nil)
    }
}
