import JSONTree
import Testing

@Suite struct JSONNumberTests {
    /// As Python's `json.dumps` writes them.
    @Test(
        arguments: [
            (0.1, "0.1"), (1, "1.0"), (-0.0, "-0.0"), (0, "0.0"), (1e-5, "1e-05"), (0.0001, "0.0001"),
            (1.5e-5, "1.5e-05"),
            (1e16, "1e+16"), (9_999_999_999_999_998, "9999999999999998.0"), (1e15, "1000000000000000.0"),
            (12_345_678_901_234_568, "1.2345678901234568e+16"), (1.5e300, "1.5e+300"), (1e100, "1e+100"),
            (.leastNonzeroMagnitude, "5e-324"),
            (1.7976931348623157e308, "1.7976931348623157e+308"), (123456.789, "123456.789"), (-2.5, "-2.5"),
            (100, "100.0"),
            (.nan, "NaN"), (.infinity, "Infinity"), (-.infinity, "-Infinity"),
        ] as [(Double, String)])
    func `a double is spelled as python spells it`(value: Double, spelling: String) {
        #expect(JSONNumber(value).spelling == spelling)
        #expect(JSON.double(value).text() == spelling)
    }

    @Test(arguments: ["0", "-0", "1", "10", "0.5", "1e5", "1E+5", "-1.25e-7", "18446744073709551615"])
    func `a correct spelling is kept`(spelling: String) {
        #expect(JSONNumber(spelling: spelling)?.spelling == spelling)
    }

    @Test(arguments: ["", "-", "+1", "01", "1.", ".5", "1e", "1e+", "0x1", "NaN", "Infinity", "1 ", " 1", "1a", "--1"])
    func `a wrong spelling makes no number`(spelling: String) {
        #expect(JSONNumber(spelling: spelling) == nil)
    }

    @Test func `only the spelling of an integer is one`() throws {
        #expect(try JSON(parsing: "18446744073709551615").number?.uint64 == .max)
        #expect(try JSON(parsing: "18446744073709551615").int == nil)
        #expect(try JSON(parsing: "1.0").int == nil)
        #expect(try JSON(parsing: "1.0").double == 1)
        #expect(try JSON(parsing: "-7").int == -7)
        #expect(JSON.double(.nan).number?.isInteger == false)
    }
}
