import Testing

@testable import Connectivity

/// What messages about a call of a Gradio app mean.
struct CallReadingTests {
    private let source = JSONView.Source(peer: Peer(service: "gradio", endpoint: "http://app"), what: "the stream")

    private func take(_ reading: inout CallReading, _ message: JSONValue) throws -> CallReading.Step {
        try reading.take(JSONView(message, source: source))
    }

    private func generated(_ step: CallReading.Step) -> [JSONValue]? {
        if case .event(.generating(let values)) = step { values } else { nil }
    }

    @Test func `a note has its level and its words`() throws {
        var reading = CallReading(hasEdits: true)
        let step = try take(&reading, ["msg": "log", "level": "warning", "title": "Mind", "log": "low on memory"])

        guard case .event(.log(let log)) = step else {
            Issue.record("expected a log, got \(step)")
            return
        }
        #expect(log == GradioLog(level: "warning", title: "Mind", text: "low on memory"))
    }

    @Test func `edits that do not fit are passed over, and the next that fit are made`() throws {
        var reading = CallReading(hasEdits: true)
        let first = try take(&reading, ["msg": "process_generating", "output": ["data": ["a"]]])
        let unfit = try take(
            &reading, ["msg": "process_generating", "output": ["data": [[["delete", [4], nil]]]]])
        let next = try take(
            &reading, ["msg": "process_generating", "output": ["data": [[["append", [], "b"]]]]])

        #expect(generated(first) == ["a"])
        #expect(generated(unfit) == nil)
        #expect(generated(next) == ["ab"])
    }

    @Test func `edits of another number of values break the protocol`() throws {
        var reading = CallReading(hasEdits: true)
        _ = try take(&reading, ["msg": "process_generating", "output": ["data": ["a", "b"]]])
        let failure = #expect(throws: ConnectivityError.self) {
            _ = try take(&reading, ["msg": "process_generating", "output": ["data": [[]]]])
        }

        #expect(failure?.code == .protocol)
        #expect(failure?.message.contains("2 values") == true)
    }

    @Test func `an error while outputs come ends the call with its words`() throws {
        var reading = CallReading(hasEdits: true)
        let step = try take(
            &reading, ["msg": "process_generating", "success": false, "output": ["error": "no more", "title": "Oh"]])
        let after = try take(&reading, ["msg": "process_completed", "success": true, "output": ["data": ["x"]]])

        guard case .failed(let error) = step, case .nothing = after else {
            Issue.record("expected a failure and then nothing, got \(step) and \(after)")
            return
        }
        #expect(error.underlying as? GradioAppError == GradioAppError(message: "no more", title: "Oh"))
    }
}
