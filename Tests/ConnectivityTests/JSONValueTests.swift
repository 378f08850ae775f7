import Testing

@testable import Connectivity

@Suite struct JSONValueTests {
    private static let texts: [(String, JSONValue)] = [
        ("null", nil), (" true ", true), ("[]", []), ("{}", [:]), ("0", 0), ("-12", -12),
        ("18446744073709551615", .unsigned(.max)), ("1.5", 1.5), ("-1e3", -1000.0),
        (#""a\n\u00e9\ud83d\ude00\/""#, "a\né😀/"),
        (#"{"a":[1,{"b":null}],"c":"d"}"#, ["a": [1, ["b": nil]], "c": "d"]),
        (#""\ud800x""#, "\u{FFFD}x"), (#""\ud800\u0041""#, "\u{FFFD}A"), (#"{"a":1,"a":2}"#, ["a": 2]),
    ]

    @Test(arguments: texts)
    func `texts are values`(text: String, value: JSONValue) throws {
        #expect(try JSONValue(parsing: text) == value)
    }

    @Test(arguments: [
        "", "nul", "[1,]", "{,}", "{\"a\"}", "{\"a\":}", "01", "1.", "+1", ".5", "1e", "\"a", "\"\\x\"", "\"\\u12g4\"",
        "[1 2]", "{\"a\":1,}", "{1:2}", "[] []", "\"\u{01}\"", "{\"a\" 1}", "-",
    ])
    func `other texts are refused`(text: String) {
        #expect(throws: JSONFault.self) { try JSONValue(parsing: text) }
    }

    @Test func `bytes that are no UTF-8 are refused, and depth has an end`() {
        #expect(throws: JSONFault.self) { try JSONValue(parsing: [0x22, 0xFF, 0x22]) }
        #expect(throws: JSONFault.self) {
            try JSONValue(parsing: String(repeating: "[", count: 300) + String(repeating: "]", count: 300))
        }
    }

    @Test func `what is written is read again`() throws {
        let value: JSONValue = [
            "text": "a\"\\\n\r\t\u{01}é😀", "numbers": [0, -1, 1.25, .unsigned(.max)], "others": [nil, true, false],
        ]
        #expect(try JSONValue(parsing: value.description) == value)
        #expect(JSONValue.number(.infinity).description == "null")
        #expect(JSONValue.object(["b": 1, "a": 2]).description == #"{"a":2,"b":1}"#)
    }

    @Test func `members and elements are found and changed`() {
        var value: JSONValue = ["a": [1, 2.0, "x"]]
        value["b"] = true

        #expect(value["a"]?[0]?.integer == 1)
        #expect(value["a"]?[1]?.integer == 2)
        #expect(value["a"]?[2]?.string == "x")
        #expect(value["a"]?[3] == nil)
        #expect(value["b"]?.bool == true)
        #expect(value["c"] == nil)
        #expect(JSONValue.unsigned(.max).number == Double(UInt64.max))
        #expect(value["a"]?.number == nil)
    }

    @Test func `a view says what was expected where, and what is there`() throws {
        let source = JSONView.Source(peer: Peer(service: "s", endpoint: "e"), what: "GET x")
        let view = JSONView(["a": [["b": 1]]], source: source)
        let wrong: [(() throws(ConnectivityError) -> Void, String)] = [
            ({ () throws(ConnectivityError) in _ = try view.member("c") }, "an object with c at the top"),
            ({ () throws(ConnectivityError) in _ = try view.member("a").text }, "a text at /a"),
            (
                { () throws(ConnectivityError) in _ = try view.member("a").elements[0].member("b").elements },
                "an array at /a/0/b"
            ),
            ({ () throws(ConnectivityError) in _ = try view.member("a").members }, "an object at /a"),
            ({ () throws(ConnectivityError) in _ = try view.integer }, "a whole number at the top"),
            ({ () throws(ConnectivityError) in _ = try view.number }, "a number at the top"),
            ({ () throws(ConnectivityError) in _ = try view.bool }, "true or false at the top"),
        ]
        for (read, expected) in wrong {
            do {
                try read()
                Issue.record("expected an error about \(expected)")
            } catch {
                #expect(error.code == .protocol)
                #expect(error.message.contains(expected))
            }
        }
        #expect(view.optional("d") == nil)
    }
}
