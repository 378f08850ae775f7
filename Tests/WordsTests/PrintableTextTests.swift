import Testing
import Words

@Suite struct PrintableTextTests {
    @Test(arguments: [
        ("a\u{1B}[31mred", #"a\u{1B}[31mred"#), ("two\nlines\r\n", #"two\nlines\r\n"#), ("tab\tnul\0", #"tab\tnul\0"#),
        ("\u{9B}2J", #"\u{009B}2J"#), ("abc\u{202E}fed", #"abc\u{202E}fed"#), ("\u{2028}\u{7F}", #"\u{2028}\u{7F}"#),
    ])
    func `what would command a terminal is spelled out`(text: String, shown: String) {
        #expect(text.printable == shown)
    }

    @Test(arguments: ["", "plain \"text\" of C:\\files", "Größe, 大きさ, ✔︎ 👩‍🚀"])
    func `what can be seen stays as it is`(text: String) {
        #expect(text.printable == text)
    }

    @Test func `our own line breaks stay where a message has several lines`() {
        #expect("one\ntwo\u{1B}\r".printableLines == "one\ntwo\\u{1B}\\r")
    }
}
