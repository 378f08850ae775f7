import JSONTree
import Testing

@testable import GradioFake

@Suite struct ExpressionTests {
    private func value(_ text: String, _ variables: [String: JSON] = [:]) throws -> JSON {
        var values = ExpressionValues(variables: variables, files: FileStore(style: .sha256))
        return try values.value(of: try ExpressionParser.parse(text))
    }

    @Test(arguments: [
        ("1 + 2 * 3", "7"), ("(1 + 2) * 3", "9"), ("2 ** 3 ** 2", "512"), ("-2 ** 2", "-4"), ("7 // 2", "3"),
        ("-7 // 2", "-4"), ("-7 % 3", "2"), ("7 / 2", "3.5"), ("1.0 + 2", "3.0"), ("'x' * 3", "\"xxx\""),
        ("[1] + [2]", "[1,2]"), ("1 < 2 and 2 < 1", "false"), ("None or 5", "5"), ("not 0", "true"),
        ("1 if 'a' in 'cat' else 2", "1"), ("3 not in [1, 2]", "true"), ("'abc'[1]", "\"b\""), ("[1, 2, 3][-1]", "3"),
        ("[1, 2, 3][:1]", "[1]"), ("'abcdef'[2:4]", "\"cd\""), ("len('hé✓')", "3"), ("list('ab')", "[\"a\",\"b\"]"),
        ("int('12') + int(2.9)", "14"), ("str(1.0)", "\"1.0\""), ("round(2.5)", "2"), ("round(2.345, 2)", "2.35"),
        ("max(1, 5, 3)", "5"), ("sum(range(4))", "6"), ("upper('straße')", "\"STRASSE\""),
        ("join(['a', 1], '-')", "\"a-1\""), ("split('832x480', 'x')", "[\"832\",\"480\"]"), ("True == 1", "true"),
        ("'a' + str(None)", "\"aNone\""),
    ])
    func `expressions mean what they mean in Python`(text: String, result: String) throws {
        #expect(try value(text).text() == result)
    }

    @Test(arguments: [
        ("'x' + 1", "TypeError", #"can only concatenate str (not "int") to str"#),
        ("1 + 'x'", "TypeError", "unsupported operand type(s) for +: 'int' and 'str'"),
        ("1 // 0", "ZeroDivisionError", "integer division or modulo by zero"),
        ("1 < 'x'", "TypeError", "'<' not supported between instances of 'int' and 'str'"),
        ("[1][3]", "IndexError", "list index out of range"),
        ("int('x')", "ValueError", "invalid literal for int() with base 10: 'x'"),
        ("len(5)", "TypeError", "object of type 'int' has no len()"),
        ("missing", "NameError", "name 'missing' is not defined"),
        ("size('/etc/passwd')", "FileNotFoundError", "[Errno 2] No such file or directory: '/etc/passwd'"),
    ])
    func `what fails in Python fails here, in its words`(text: String, type: String, message: String) {
        #expect(throws: AppFailure.exception(type: type, message: message)) { try value(text) }
    }

    @Test(arguments: ["1 +", "(1", "'x", "f(1)", "a b", "1 if 2", "x.", "[1, 2"])
    func `what is no expression is refused`(text: String) {
        #expect(throws: ExpressionParser.Fault.self) { try ExpressionParser.parse(text) }
    }

    @Test func `deep brackets end in a fault and not in a crash`() {
        let text = String(repeating: "(", count: 10_000) + "1"

        #expect(throws: ExpressionParser.Fault.self) { try ExpressionParser.parse(text) }
    }

    @Test func `a text of one expression keeps its type, others are filled in`() throws {
        var values = ExpressionValues(variables: ["n": 3, "t": 1.5], files: FileStore(style: .sha256))

        #expect(try values.value(of: try ValueTemplate(parsing: "{n}")) == 3)
        #expect(try values.value(of: try ValueTemplate(parsing: "n is {n}, t is {t}")) == "n is 3, t is 1.5")
        #expect(try values.value(of: try ValueTemplate(parsing: "{{n}} {'}'}")) == "{n} }")
    }
}
