import Testing

@testable import Connectivity

@Suite struct EditScriptTests {
    @Test(arguments: [
        ("1", "[]", "1"), ("1", #"[["replace",[],2]]"#, "2"), (#""ab""#, #"[["append",[],"c"]]"#, #""abc""#),
        ("[1,2,3]", #"[["delete",[1],null],["delete",[1],null]]"#, "[1]"), ("[1]", #"[["add",[1],2]]"#, "[1,2]"),
        (#"{"a":1,"b":2}"#, #"[["replace",["a"],3],["delete",["b"],null],["add",["c"],4]]"#, #"{"a":3,"c":4}"#),
        (
            #"[{"content":[{"text":"hi"}]}]"#, #"[["append",[0,"content",0,"text"]," there"]]"#,
            #"[{"content":[{"text":"hi there"}]}]"#
        ),
        // The real thing's own fault: indices that were lowered twice.
        ("[[1,2],[3,4]]", #"[["delete",[0,1],null],["delete",[1,0],null]]"#, "[[1],[4]]"),
    ])
    func `edits make one value of another`(before: String, edits: String, after: String) throws {
        let value = try EditScript.apply(try JSONValue(parsing: edits), to: try JSONValue(parsing: before))

        #expect(value == (try JSONValue(parsing: after)))
    }

    @Test(arguments: [
        ("1", #"{"a":1}"#), ("1", #"[["append",[],"x"]]"#), ("[1]", #"[["delete",[1],null]]"#),
        ("[1]", #"[["add",[3],1]]"#), ("[1]", #"[["replace",["a"],1]]"#), (#"{"a":1}"#, #"[["replace",[0],1]]"#),
        (#"{"a":1}"#, #"[["replace",["b","c"],1]]"#), ("1", #"[["replace",[0],1]]"#), ("1", #"[["replace"]]"#),
    ])
    func `edits that do not fit are refused`(before: String, edits: String) throws {
        let value = try JSONValue(parsing: before)
        let edits = try JSONValue(parsing: edits)

        #expect(throws: EditScript.Misfit.self) { try EditScript.apply(edits, to: value) }
    }

    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `digests are those of the standard`(text: String, digest: String) {
        #expect(SHA256.hex(of: Array(text.utf8)) == digest)
    }
}
