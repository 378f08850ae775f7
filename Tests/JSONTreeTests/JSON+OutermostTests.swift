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

    @Test func `it is found in the middle of something else, and told as it stands`() {
        let all = Array(#"data: {"x": {"id": "no"}, "id": "a\nb"}"#.utf8)
        let rest = all.dropFirst(6)

        #expect(JSON.outermostText("id", in: rest) == "a\nb")
        #expect(JSON.outermostWord("id", in: rest).map { Array($0) } == Array(#"a\nb"#.utf8))
        #expect(JSON.outermostWord("x", in: rest) == nil)
        #expect(JSON.outermostText("id", in: all) == nil)
    }
}
