import Testing
import Words

@Suite struct NearestWordTests {
    @Test(arguments: [
        ("comfui", "comfyui"), ("COMFYUI", "comfyui"), ("lietllm", "litellm"), ("grad", "gradio"),
    ])
    func `a slip of the finger finds the word that was meant`(typed: String, meant: String) {
        #expect(nearestWord(to: typed, among: ["comfyui", "litellm", "gradio"]) == meant)
    }

    @Test func `a word unlike all others finds none, and the advice lists them`() {
        #expect(nearestWord(to: "kubernetes", among: ["comfyui", "litellm"]) == nil)
        #expect(advice(for: "kubernetes", among: ["comfyui", "litellm"]) == "expected one of comfyui, litellm")
        #expect(advice(for: "comfyu", among: ["comfyui", "litellm"]) == "did you mean \"comfyui\"?")
    }

    @Test(arguments: [
        ("400ms", Duration.milliseconds(400)), ("2s", .seconds(2)), ("1.5m", .seconds(90)), ("1h", .seconds(3600)),
        ("3", .seconds(3)), ("250us", .microseconds(250)), ("0", .zero),
    ])
    func `a time is a number and a unit`(text: String, time: Duration) {
        #expect(Duration(typed: text) == time)
    }

    @Test(arguments: ["", "ms", "1.2.3s", "-1s", "2 s", "1d", "99999999999999999999h", "½s"])
    func `what is no time is refused`(text: String) {
        #expect(Duration(typed: text) == nil)
    }
}
