import Testing
import YAMLNodes

@Suite struct YAMLNodeTests {
    @Test func `a document keeps order, quotes and places`() throws {
        let root = try #require(
            try YAMLNode.document(
                of: """
                    # a comment
                    name: wan2gp
                    steps: "30"
                    ports: [7860, 0]
                    text: |
                      one
                      two
                    """))

        #expect(root.mapping?.map { $0.key.scalar?.text } == ["name", "steps", "ports", "text"])
        #expect(root["name"]?.scalar?.text == "wan2gp")
        #expect(root["name"]?.scalar?.isPlain == true)
        #expect(root["steps"]?.scalar?.isPlain == false)
        #expect(root["ports"]?.sequence?.map { $0.scalar?.text } == ["7860", "0"])
        #expect(root["text"]?.scalar?.text == "one\ntwo")
        #expect(root["ports"]?.mark == YAMLMark(line: 4, column: 8))
        #expect(root["missing"] == nil)
    }

    @Test(arguments: ["", "   \n", "# nothing but a comment\n", "---\n...\n"])
    func `a text without a value is no document or an empty one`(text: String) throws {
        let root = try YAMLNode.document(of: text)

        #expect(root == nil || root?.scalar?.text == "")
    }

    @Test func `aliases and merge keys are replaced`() throws {
        let root = try #require(
            try YAMLNode.document(
                of: """
                    base: &base { model: tiny, rpm: 3 }
                    other: &other { rpm: 9, tpm: 1 }
                    one: { <<: *base, rpm: 5 }
                    two: { <<: [*base, *other] }
                    three: *base
                    """))

        #expect(members(root["one"]) == ["rpm: 5", "model: tiny"])
        #expect(members(root["two"]) == ["model: tiny", "rpm: 3", "tpm: 1"])
        #expect(members(root["three"]) == ["model: tiny", "rpm: 3"])
    }

    @Test(arguments: [
        ("a: 1\nb: [1, 2\n", 3, 1), ("a: 1\na: 2\n", 2, 1), ("a: *nowhere\n", 1, 4), ("a: 1\n---\nb: 2\n", 2, 1),
        ("a: {<<: 3}\n", 1, 9), ("\tb: 2\n", 1, 1), ("a: 'x", 1, 6),
    ])
    func `what is wrong is told with its place`(text: String, line: Int, column: Int) {
        #expect {
            try YAMLNode.document(of: text)
        } throws: { error in
            (error as? YAMLError)?.mark == YAMLMark(line: line, column: column)
        }
    }

    @Test func `a short text of aliases to aliases is refused`() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let references = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(references)]\n"
        }

        #expect(throws: YAMLError.self) { try YAMLNode.document(of: text) }
    }

    @Test func `deep nesting is refused`() {
        #expect(throws: YAMLError.self) {
            try YAMLNode.document(of: String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000))
        }
    }

    @Test func `bytes of any kind never stop the process`() {
        var state: UInt64 = 5
        for _ in 0..<500 {
            let text = String(
                decoding: (0..<60).map { _ in
                    state = state &* 6_364_136_223_846_793_005 &+ 1
                    let signs = Array(" \n\t:-[]{}&*!|>'\"#%@`,?a1\\\u{0}\u{85}é".utf8)
                    return signs[Int(state >> 33) % signs.count]
                } as [UInt8], as: UTF8.self)
            // Refused or taken: either will do.
            _ = try? YAMLNode.document(of: text)
        }
    }

    private func members(_ node: YAMLNode?) -> [String] {
        (node?.mapping ?? []).map { "\($0.key.scalar?.text ?? "?"): \($0.value.scalar?.text ?? "?")" }
    }
}
