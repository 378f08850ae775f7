import JSONTree
import Testing

@Suite struct JSONAccessTests {
    private let value: JSON = [
        "data": [1, "two", ["x": nil]], "a/b": 1, "m~n": 2, "": 3, "t": true, "~1": 4,
    ]

    @Test func `members and elements are reached by key and index, and nothing where none is`() {
        #expect(value["data"]?[1] == "two")
        #expect(value["data"]?[2]?["x"]?.isNull == true)
        #expect(value["data"]?[3] == nil)
        #expect(value["data"]?[-1] == nil)
        #expect(value["none"] == nil)
        #expect(value["t"]?["x"] == nil)
        #expect(value["t"]?[0] == nil)
    }

    @Test(arguments: [
        ("/data/0", 1), ("/a~1b", 1), ("/m~0n", 2), ("/", 3), ("/~01", 4), ("/data/2/x", nil as JSON),
    ])
    func `an RFC 6901 pointer leads there`(pointer: String, expected: JSON) {
        #expect(value[pointer: pointer] == expected)
    }

    @Test(arguments: [
        "data", "/data/3", "/data/-", "/data/01", "/data/+1", "/data/0/x", "/none", "/data/",
        "/data/9999999999999999999",
    ])
    func `a pointer to nothing leads nowhere`(pointer: String) {
        #expect(value[pointer: pointer] == nil)
    }

    @Test func `the empty pointer is the whole`() {
        #expect(value[pointer: ""] == value)
    }

    @Test func `members can be set, also deep inside`() {
        var value: JSON = ["a": ["b": 1]]

        value["a"]?["b"] = 2
        value["c"] = [3]
        value["a"]?["d"] = nil

        #expect(value.text() == #"{"a":{"b":2},"c":[3]}"#)
    }

    @Test func `accessors take their own kind only`() {
        #expect(JSON.string("1").int == nil)
        #expect(JSON.bool(true).int == nil)
        #expect(JSON.int(1).bool == nil)
        #expect(JSON.int(1).string == nil)
        #expect(JSON.null.object == nil)
        #expect((1.5 as JSON).double == 1.5)
        #expect((["a"] as JSON).array == ["a"])
    }

    @Test(arguments: [nil, false, 0, 0.0, "", [], [:]] as [JSON]) func `python takes it for false`(value: JSON) {
        #expect(!value.isTruthy)
    }

    @Test(arguments: [true, 1, -0.5, "0", [nil], ["": nil]] as [JSON]) func `python takes it for true`(value: JSON) {
        #expect(value.isTruthy)
    }

    @Test func `equality is exact and equivalence is about the meaning`() throws {
        let left = try JSON(parsing: #"{"a":1,"b":[1.0,{"x":1e2}]}"#)
        let right = try JSON(parsing: #"{"b":[1,{"x":100}],"a":1}"#)

        #expect(left != right)
        #expect(left.isEquivalent(to: right))
        #expect(!left.isEquivalent(to: ["a": 1]))
        #expect(!JSON.uint64(.max).isEquivalent(to: .uint64(.max - 1)))
    }
}
