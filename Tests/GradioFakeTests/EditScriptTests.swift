import JSONTree
import Testing

@testable import GradioFake

/// The expected edits were written down from the real server's own function.
@Suite struct EditScriptTests {
    @Test(arguments: [
        ("\"ab\"", "\"abc\"", #"[["append",[],"c"]]"#),
        ("\"ab\"", "\"b\"", #"[["replace",[],"b"]]"#),
        ("\"\"", "\"x\"", #"[["append",[],"x"]]"#),
        ("1", "1.0", "[]"),
        ("true", "1", "[]"),
        ("null", #"{"a":1}"#, #"[["replace",[],{"a":1}]]"#),
        ("[]", "[1,2]", #"[["add",[0],1],["add",[1],2]]"#),
        ("[1,2,3]", "[1]", #"[["delete",[1],null],["delete",[1],null]]"#),
        (#"{"a":"x"}"#, #"{"a":"xy","b":null}"#, #"[["append",["a"],"y"],["add",["b"],null]]"#),
        (
            #"{"a":1,"b":[1,2]}"#, #"{"b":[2],"c":1}"#,
            #"[["delete",["a"],null],["replace",["b",0],2],["delete",["b",1],null],["add",["c"],1]]"#
        ),
    ])
    func `edits name what changed, and where`(old: String, new: String, edits: String) throws {
        let script = EditScript.edits(from: try JSON(parsing: old), to: try JSON(parsing: new))

        #expect(script.text() == edits)
    }

    @Test(arguments: [
        ("[[1,2],[3,4]]", "[[1],[3]]", #"[["delete",[0,1],null],["delete",[1,0],null]]"#),
        (
            "[[1,2,3],[4,5,6],7]", "[[1],[4]]",
            #"[["delete",[0,1],null],["delete",[0,0],null],["delete",[1,-1],null],["delete",[1,-2],null],["delete",[-2],null]]"#
        ),
        (
            #"[[1],[2,{"x":[1,2,3]}]]"#, #"[[1],[2,{"x":[1]}]]"#,
            #"[["delete",[1,1,"x",1],null],["delete",[1,1,"x",-1],null]]"#
        ),
        (#"[{"k":1,"j":2}]"#, #"[{"k":1}]"#, #"[["delete",[0,"j"],null]]"#),
        (
            "[1,[2,[3,4,5],6],7]", "[1,[2,[3]]]",
            #"[["delete",[1,1,1],null],["delete",[1,1,-1],null],["delete",[1,-2],null],["delete",[-1],null]]"#
        ),
    ])
    func `lists within lists get the real server's wrong places`(old: String, new: String, edits: String) throws {
        let script = EditScript.edits(from: try JSON(parsing: old), to: try JSON(parsing: new))

        #expect(script.text() == edits)
    }

    @Test func `an opaque value is replaced as a whole, or not at all`() {
        let old: JSON = ["items": [1], "t": "a"]

        #expect(EditScript.edits(from: old, to: old, isOpaque: true) == [])
        #expect(EditScript.edits(from: old, to: ["items": []], isOpaque: true) == [["replace", [], ["items": []]]])
    }
}
