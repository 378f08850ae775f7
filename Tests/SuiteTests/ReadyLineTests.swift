import Terminal
import Testing

@testable import Suite

@Suite struct ReadyLineTests {
    private let line = ReadyLine(
        seed: 7,
        fakes: [
            .init(id: "comfyui", kind: "comfyui", url: "http://127.0.0.1:8188"),
            .init(id: "litellm", kind: "litellm", url: "http://127.0.0.1:8000", also: ["http://127.0.0.1:4000"]),
            .init(id: "wan2gp", kind: "gradio", app: "wan2gp", url: "http://127.0.0.1:7860"),
        ])

    @Test func `the ready line is the documented object on one line`() {
        #expect(
            line.text
                == #"{"ready":true,"seed":7,"fakes":[{"id":"comfyui","kind":"comfyui","url":"http://127.0.0.1:8188"},"#
                + #"{"id":"litellm","kind":"litellm","url":"http://127.0.0.1:8000","also":["http://127.0.0.1:4000"]},"#
                + #"{"id":"wan2gp","kind":"gradio","app":"wan2gp","url":"http://127.0.0.1:7860"}]}"#)
    }

    @Test func `a ready line that was read is the one that was written`() {
        #expect(ReadyLine(text: line.text + "\n") == line)
    }

    @Test(arguments: ["", "{}", "{\"ready\":false,\"seed\":7,\"fakes\":[]}", "{\"ready\":true,\"see"])
    func `what is no ready line is read as none`(text: String) {
        #expect(ReadyLine(text: text) == nil)
    }

    @Test func `people get a column each for name, kind and addresses`() {
        #expect(
            AddressTable(line, ink: Ink(isColoured: false)).text == """
                  comfyui  ComfyUI        http://127.0.0.1:8188
                  litellm  LiteLLM proxy  http://127.0.0.1:8000  http://127.0.0.1:4000
                  wan2gp   Gradio app     http://127.0.0.1:7860

                """)
    }

    @Test func `colours stand around words and leave the columns where they are`() {
        let plain = AddressTable(line, ink: Ink(isColoured: false)).text
        let coloured = AddressTable(line, ink: Ink(isColoured: true)).text

        #expect(coloured.contains("\u{1B}[1mcomfyui\u{1B}[0m"))
        #expect(coloured.replacing(/\u{1B}\[[0-9]*m/, with: "") == plain)
    }
}
