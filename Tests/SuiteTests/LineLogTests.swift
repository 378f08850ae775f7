import Fakes
import Logging
import Testing

@testable import Suite

@Suite struct LineLogTests {
    private let time = WallTime(seconds: 1_795_348_984.0075)

    @Test func `a program gets one JSON object a line`() {
        let log = LineLog(label: "comfyui", format: .json, output: LogOutput())

        let line = log.jsonLine(time, .info, "a \"prompt\"\nqueued", ["prompt": "5f", "client": "a"])

        #expect(
            line
                == #"{"time":"2026-11-22T12:03:04.007Z","level":"info","fake":"comfyui","message":"a \"prompt\"\nqueued","#
                + #""client":"a","prompt":"5f"}"# + "\n")
    }

    @Test func `a person gets time, fake, message and details`() {
        let log = LineLog(label: "comfyui", format: .text, output: LogOutput())

        #expect(log.textLine(time, .info, "queued", ["prompt": "5f"]) == "12:03:04.007 comfyui queued prompt=5f\n")
        #expect(log.textLine(time, .error, "lost", [:]) == "12:03:04.007 comfyui error: lost\n")
        #expect(log.textLine(time, .info, "a\u{1B}b", [:]) == "12:03:04.007 comfyui a\\u{1B}b\n")
    }
}
