import JSONTree
import Testing

@Suite struct JSONObjectTests {
    @Test(arguments: [3, 40]) func `setting keeps the place, appending goes to the end, nil removes`(size: Int) {
        var object = JSONObject((0..<size).map { ("k\($0)", .int($0)) })

        object["k1"] = "changed"
        object["k0"] = nil
        object["new"] = true

        #expect(object.keys == (1..<size).map { "k\($0)" } + ["new"])
        #expect(object["k1"] == "changed")
        #expect(object["k0"] == nil)
        #expect(object["k\(size - 1)"] == .int(size - 1))
        #expect(object.count == size)
    }

    @Test(arguments: [0, 40]) func `two Unicode spellings of a letter are two keys`(others: Int) {
        var object = JSONObject((0..<others).map { ("k\($0)", .int($0)) })

        object["\u{E9}"] = 1
        object["e\u{301}"] = 2

        #expect(object.count == others + 2)
        #expect(object["\u{E9}"] == 1)
        #expect(object["e\u{301}"] == 2)
        #expect(JSON.string("\u{E9}") != JSON.string("e\u{301}"))
    }

    @Test func `a literal with a key twice keeps the last value in the first place`() {
        let object: JSONObject = ["a": 1, "b": 2, "a": 3]

        #expect(JSON.object(object).text() == #"{"a":3,"b":2}"#)
    }

    @Test func `merging updates in place and appends what is new`() {
        var object: JSONObject = ["a": 1, "b": 2]

        object.merge(["b": 3, "c": 4])

        #expect(JSON.object(object).text() == #"{"a":1,"b":3,"c":4}"#)
    }

    @Test func `removing by a condition keeps the others findable`() {
        var object = JSONObject((0..<40).map { ("k\($0)", .int($0)) })

        object.removeAll { ($0.value.int ?? 0) % 2 == 0 }

        #expect(object.count == 20)
        #expect(object["k39"] == 39)
        #expect(object["k2"] == nil)
    }
}
