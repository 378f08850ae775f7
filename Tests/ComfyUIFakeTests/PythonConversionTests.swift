import JSONTree
import Testing

@testable import ComfyUIFake

@Suite struct PythonConversionTests {
    @Test(
        arguments: [
            ("96", 96), (16.9, 16), (-16.9, -16), (true, 1), (" 1_000 ", 1000), ("+7", 7), ("007", 7), ("-0", 0),
        ] as [(JSON, JSON)])
    func `int takes what Python takes`(value: JSON, expected: JSON) throws {
        #expect(try PythonConversion.int(value) == expected)
    }

    @Test func `int prints large floats with every digit`() throws {
        #expect(try PythonConversion.int(1e20) == .number(JSONNumber(spelling: "100000000000000000000")!))
        #expect(try PythonConversion.int(.double(0x1p70)) == .number(JSONNumber(spelling: "1180591620717411303424")!))
    }

    @Test(
        arguments: [
            ("abc", "invalid literal for int() with base 10: 'abc'"),
            ("1.5", "invalid literal for int() with base 10: '1.5'"),
            ("1__0", "invalid literal for int() with base 10: '1__0'"),
            ("", "invalid literal for int() with base 10: ''"),
            (nil, "int() argument must be a string, a bytes-like object or a real number, not 'NoneType'"),
            ([:], "int() argument must be a string, a bytes-like object or a real number, not 'dict'"),
            (.double(.infinity), "cannot convert float infinity to integer"),
        ] as [(JSON, String)])
    func `int complains in Python's words`(value: JSON, complaint: String) {
        let error = #expect(throws: PythonError.self) { try PythonConversion.int(value) }

        #expect(error?.text == complaint)
    }

    @Test(
        arguments: [
            ("1.5", 1.5), ("1e3", 1000), (".5", 0.5), ("5.", 5), ("1.e2", 100), (3, 3), (false, 0),
            ("-inf", -.infinity),
        ]
            as [(JSON, Double)])
    func `float takes what Python takes`(value: JSON, expected: Double) throws {
        #expect(try PythonConversion.float(value) == expected)
    }

    @Test(arguments: ["x", "0x10", "1e", "--1", "1 2", "nanx"])
    func `float refuses other texts`(text: String) {
        let error = #expect(throws: PythonError.self) { try PythonConversion.float(.string(text)) }

        #expect(error?.text == "could not convert string to float: '\(text)'")
    }

    @Test func `values compare as in Python`() throws {
        let huge = JSON.number(JSONNumber(spelling: "18446744073709551616")!)

        #expect(PythonComparison.equal(1, 1.0))
        #expect(PythonComparison.equal(true, 1))
        #expect(!PythonComparison.equal("1", 1))
        #expect(PythonComparison.order(huge, .uint64(.max)) == 1)
        #expect(PythonComparison.order(.uint64(.max), .uint64(.max)) == 0)
        #expect(PythonComparison.order(-3, -20) == 1)
        #expect(PythonComparison.order(.double(.nan), 0) == nil)
    }
}
