import Testing
import Words

@Suite struct PatternTests {
    @Test(arguments: [
        ("", "", true), ("a", "xay", true), ("a", "xy", false), ("^a", "ba", false), ("^a$", "a", true),
        ("a.c", "a\nc", false),
        ("a.c", "abc", true), ("ab|cd", "xcd", true), ("^(ab|cd)+$", "abcdab", true), ("^(ab|cd)+$", "abc", false),
        ("^a{2,3}$", "aaa", true), ("^a{2,3}$", "aaaa", false), ("^a{2}$", "aa", true), ("^a{2,}$", "aaaaaa", true),
        ("^a??b*?$", "abbb", true), ("[a-c]x", "bx", true), ("[^a-c]x", "bx", false), ("^[]x-]+$", "-]x", true),
        ("\\d+\\.\\d", "v1.2", true), ("^\\w+$", "grün_7", true), ("^\\S+$", "a b", false),
        ("\\bgpt\\b", "a gpt.", true),
        ("\\bgpt\\b", "gpts", false), ("(?i)GPT-[a-z]", "gpt-Ä gpt-X", true), ("é", "café", true), ("a{x", "a{x", true),
        ("(a*)*$", "b", true), ("(|a)+b", "aab", true), ("\\(\\)", "f()", true), ("[\\d,]{3}", "1,2", true),
        ("^(?:x(?:y|))$", "x", true), ("\\n", "a\nb", true),
    ])
    func `an expression is found where it is`(source: String, text: String, isThere: Bool) throws {
        #expect(try Pattern(source).occurs(in: text) == isThere)
    }

    @Test(arguments: [
        "(", ")", "[a", "*a", "a{3,2}", "\\", "\\q", "(?=a)", "(?<n>a)", "a{9999}", "[z-a]", "((a{99}){99}){99}",
        "(a)\\1",
    ])
    func `what cannot be understood is refused`(source: String) {
        #expect(throws: PatternError.self) { try Pattern(source) }
    }

    @Test(arguments: [
        "(a+)+b", "(a|a)*b", "(a|aa)+$b", "^(([a-z])+.)+[A-Z]([a-z])+$", "(.*)(.*)(.*)(.*)[^a]", "a{500}a{500}b",
    ])
    func `no expression takes longer than the text is long`(source: String) throws {
        let text = String(repeating: "a", count: 100_000)
        let began = ContinuousClock.now

        #expect(try !Pattern(source).occurs(in: text))
        // Other engines would be at it for years. Unoptimised, and beside other tests, it takes a second or so.
        #expect(ContinuousClock.now - began < .seconds(20))
    }

    @Test(arguments: [
        "^[A-Z]{2}-\\d{3,5}$", "(?i)^abc?$", "^(?:a|bc)+\\.[^a-z\\s]?$", "\\w+@\\w+\\.(com|org)", "", "^\\S$",
    ])
    func `an example of an expression is one, and another draw gives another`(source: String) throws {
        let pattern = try Pattern(source)
        var numbers = SystemRandomNumberGenerator()
        let examples = (0..<50).compactMap { _ in
            Pattern.example(of: source) { Int.random(in: 0..<$0, using: &numbers) }
        }

        #expect(examples.count == 50)
        #expect(examples.allSatisfy(pattern.occurs))
        #expect(source.isEmpty || Set(examples).count > 1)
    }

    @Test(arguments: ["(", "a\\bb", "a{1000}{1000}", "(?:(?:a{99}){99}){99}"])
    func `what has no example has none`(source: String) {
        #expect(Pattern.example(of: source) { _ in 0 } == nil)
    }
}
