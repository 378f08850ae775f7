import JSONTree
import Testing

@Suite struct JSONParserTests {
    @Test(arguments: acceptedTexts) func `what RFC 8259 allows is taken and written so that it reads the same`(
        text: TextCase
    ) throws {
        let value = try JSON(parsing: text.bytes)

        #expect(try JSON(parsing: value.bytes(.compact)) == value)
        #expect(try JSON(parsing: value.bytes(.python)) == value)
    }

    @Test(arguments: refusedTexts) func `what RFC 8259 forbids is refused`(text: TextCase) {
        #expect(throws: JSONError.self) { try JSON(parsing: text.bytes) }
        // Python takes no more of these than its two words.
        let python = Result { try JSON(parsing: text.bytes, options: .python) }
        #expect((try? python.get()) == nil || text.hasPythonWord)
    }

    @Test func `the tables hold every case once`() {
        let names = (acceptedTexts + refusedTexts).map(\.name)

        #expect(Set(names).count == names.count)
        #expect(acceptedTexts.allSatisfy { $0.name.hasPrefix("y_") })
        #expect(refusedTexts.allSatisfy { $0.name.hasPrefix("n_") })
    }

    @Test(arguments: [
        (#""\ud800""#, "\u{FFFD}"), (#""\udc00x""#, "\u{FFFD}x"), (#""\ud800\ud83d\ude00""#, "\u{FFFD}😀"),
        (#""\ud83d\u0041""#, "\u{FFFD}A"), (#""\uDD1E\uD834""#, "\u{FFFD}\u{FFFD}"),
    ])
    func `half of a surrogate pair becomes a replacement character`(text: String, expected: String) throws {
        #expect(try JSON(parsing: text) == .string(expected))

        let error = #expect(throws: JSONError.self) { try JSON(parsing: text, options: .liteLLM) }
        #expect(error?.reason == .loneSurrogate)
    }

    @Test func `numbers beyond every range keep their spelling`() throws {
        let text = "[1e400,-1e400,123456789012345678901234567890,1e-400,0.1e1]"

        let value = try JSON(parsing: text)

        #expect(value.text() == text)
        #expect(value[0]?.double == .infinity)
        #expect(value[2]?.int == nil)
        #expect(value[3]?.double == 0)
    }

    @Test func `python's numbers are taken on request and respelled`() throws {
        let value = try JSON(
            parsing: "[NaN,-Infinity,Infinity,1e5,1.50,-0,-0.0,1E400,18446744073709551616]", options: .python)

        #expect(value.text() == "[NaN,-Infinity,Infinity,100000.0,1.5,0,-0.0,Infinity,18446744073709551616]")
    }

    @Test func `512 levels are taken and one more is refused at its bracket`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }

        #expect(try JSON(parsing: nested(512)).text() == nested(512))
        let error = #expect(throws: JSONError.self) { try JSON(parsing: nested(513)) }
        #expect(error?.reason == .tooDeep)
        #expect(error?.column == 513)
    }

    @Test func `a byte order mark is skipped on request only`() throws {
        #expect(throws: JSONError.self) { try JSON(parsing: "\u{FEFF}{}") }
        #expect(try JSON(parsing: "\u{FEFF}{}", options: .pythonBytes) == [:])
    }

    @Test func `an object with many keys takes the last value of each in its first place`() throws {
        let keys = (0..<1000).map { "key\($0 % 500)" }
        let text = "{" + keys.enumerated().map { "\"\($1)\":\($0)" }.joined(separator: ",") + "}"

        let object = try #require(try JSON(parsing: text).object)

        #expect(object.keys == (0..<500).map { "key\($0)" })
        #expect(object["key7"] == 507)
    }
}

extension TextCase {
    fileprivate var hasPythonWord: Bool {
        ["n_number_NaN", "n_number_infinity", "n_number_minus_infinity"].contains(name)
    }
}
