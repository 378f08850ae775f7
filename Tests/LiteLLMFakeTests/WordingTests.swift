import Testing

@testable import LiteLLMFake

/// What a model says, cut as its stream would be.
@Suite struct WordingTests {
    @Test(arguments: [
        ("", []), ("one", ["one"]), ("In short, it is.", ["In", " short", ",", " it", " is", "."]),
        ("a  b", ["a", " ", " b"]), ("x\r\n\r\ny", ["x", "\r\n\r\n", "y"]),
        ("don't 1.5", ["don", "'", "t", " 1", ".", "5"]),
        ("naïve 🎉日本", ["naïve", " 🎉", "日本"]),
    ])
    func `a piece is a word with the blank before it, or a run of signs`(text: String, pieces: [String]) {
        #expect(Wording.pieces(of: text) == pieces)
        #expect(Wording(text).tokens == pieces.count)
    }

    @Test func `a stop sequence cuts first, then the greatest number of tokens`() {
        let wording = Wording("one two three four")
        let stopped = wording.bounded(stops: ["four", " three"], limit: 3)
        #expect(stopped.wording.text == "one two")
        #expect(stopped.finish == "stop")
        let cut = wording.bounded(stops: ["five", ""], limit: 3)
        #expect(cut.wording.pieces == ["one", " two", " three"])
        #expect(cut.wording.tokens == 3)
        #expect(cut.finish == "length")
    }

    @Test func `pieces of a description are its own`() {
        #expect(Wording("whole", pieces: ["wh", "ole"]).pieces == ["wh", "ole"])
    }
}
