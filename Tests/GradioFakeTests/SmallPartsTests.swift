import JSONTree
import SocketServer
import Testing

@testable import GradioFake

@Suite struct FileNameTests {
    /// What the real 6.31.0 made of them.
    @Test(arguments: [
        ("in put.wav", "in put.wav"), ("CON.txt", "_CON.txt"), ("a:b<c>.tar. .", "abc.tar"), ("...", "file"),
        ("x/y/z.txt", "z.txt"), ("../../etc/passwd", "passwd"), ("grüße.txt", "grüße.txt"), ("a\u{1}b.txt", "ab.txt"),
        ("$HOME`x`.sh", "HOMEx.sh"), ("nul", "_nul"),
    ])
    func `names are cleaned as the newest version does`(name: String, clean: String) {
        #expect(FileName.cleaned(name, major: .six) == clean)
    }

    @Test func `a long name loses the end of its stem`() {
        let clean = FileName.cleaned(String(repeating: "ü", count: 150) + ".txt", major: .six)

        #expect(clean.utf8.count <= 200)
        #expect(clean.hasSuffix("ü.txt"))
    }

    @Test func `older versions keep letters, digits and a few signs`() {
        #expect(FileName.cleaned("a b+ü&#%25é?.txt", major: .five) == "a bü25é.txt")
    }
}

@Suite struct FileStoreTests {
    @Test func `equal content under an equal name has one path, in a folder of its hash`() {
        var files = FileStore(style: .sha256)
        let first = files.store(upload: Array("hello".utf8), name: "a.txt")
        let second = files.store(upload: Array("hello".utf8), name: "a.txt")

        #expect(first == second)
        #expect(first == FileStore.root + "/2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824/a.txt")
    }

    @Test func `beyond its limit the oldest files go`() {
        var files = FileStore(style: .sha256, limit: 100)
        let paths = (0..<4).map { files.store(upload: [UInt8](repeating: UInt8($0), count: 40), name: "f") }

        #expect(files[paths[0]] == nil)
        #expect(files[paths[1]] == nil)
        #expect(files[paths[3]] != nil)
        #expect(files.size <= 100)
    }

    @Test func `what a function wrote is served only from the cache`() throws {
        var files = FileStore(style: .sha256)
        let written = files.write(.bytes([1, 2]), name: "x.bin")
        let copy = files.cache(written, major: .six)
        let cached = try #require(copy)

        #expect(files[written]?.isServed == false)
        #expect(files[cached]?.isServed == true)
        #expect(try files.bytes(of: cached) == [1, 2])
    }
}

@Suite struct BodySchemaTests {
    private func complaints(_ body: String, _ schema: BodySchema, type: String = "application/json") -> String {
        switch schema.read(Array(body.utf8), type: type) {
        case .success: "none"
        case .failure(let complaint): JSON.array(complaint.items).text()
        }
    }

    /// Written down from the real server.
    @Test(arguments: [
        (
            #"{"session_hash":1,"fn_index":"x","event_id":null}"#,
            #"[{"type":"string_type","loc":["body","session_hash"],"msg":"Input should be a valid string","input":1},{"type":"int_parsing","loc":["body","fn_index"],"msg":"Input should be a valid integer, unable to parse string as an integer","input":"x"},{"type":"string_type","loc":["body","event_id"],"msg":"Input should be a valid string","input":null}]"#
        ),
        (
            #"{"session_hash":"a","fn_index":1.5,"event_id":"e"}"#,
            #"[{"type":"int_from_float","loc":["body","fn_index"],"msg":"Input should be a valid integer, got a number with a fractional part","input":1.5}]"#
        ),
        (#"{"session_hash":"a","fn_index":"3","event_id":"e"}"#, "none"),
        (
            "[]",
            #"[{"type":"model_attributes_type","loc":["body"],"msg":"Input should be a valid dictionary or object to extract fields from","input":[]}]"#
        ),
        ("", #"[{"type":"missing","loc":["body"],"msg":"Field required","input":null}]"#),
        (
            "{'a':1}",
            #"[{"type":"json_invalid","loc":["body",1],"msg":"JSON decode error","input":{},"ctx":{"error":"Expecting property name enclosed in double quotes"}}]"#
        ),
    ])
    func `complaints are those of the framework`(body: String, items: String) {
        #expect(complaints(body, .cancel) == items)
    }

    @Test func `JSON under another type is a text, in 6`() {
        #expect(
            complaints("{\"data\":[1]}", .call, type: "text/plain")
                == #"[{"type":"model_attributes_type","loc":["body"],"msg":"Input should be a valid dictionary or object to extract fields from","input":"{\"data\":[1]}"}]"#
        )
    }

    @Test(arguments: [
        "application/json", "application/json; charset=utf-8", "application/vnd.api+json", "APPLICATION/JSON",
    ])
    func `these types are JSON`(type: String) {
        #expect(complaints("{\"data\":[]}", .call, type: type) == "none")
    }
}
