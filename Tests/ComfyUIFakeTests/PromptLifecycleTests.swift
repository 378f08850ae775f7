import JSONTree
import Testing

@testable import ComfyUIFake

@Suite struct PromptLifecycleTests {
    private let graph = PromptGraph(["1": Prompts.emptyImage, "9": Prompts.preview("1")])

    /// `type` of events, `frame N` of binary messages.
    private func names(_ messages: [ServerMessage]) -> [String] {
        messages.map { message in
            switch message.content {
            case .event(let type, _): type
            case .progressState: "progress_state"
            case .frame(let bytes): "frame \(bytes[3])"
            }
        }
    }

    private func data(_ message: ServerMessage) -> JSON {
        switch message.content {
        case .event(_, let data): data
        case .progressState(let board): board.data
        case .frame: .null
        }
    }

    @Test func `a run tells its messages in the documented order`() {
        var lifecycle = PromptLifecycle(promptID: "p")
        var told = lifecycle.start(now: 1)
        told += lifecycle.cached(["1"], now: 2)
        told += lifecycle.begin("9", in: graph)
        told += lifecycle.step("9", value: 1, max: 2, preview: nil, takesMetadata: false, in: graph)
        told += lifecycle.show("9", ["images": []], in: graph)
        told += lifecycle.finish("9", in: graph)
        told += lifecycle.succeed(now: 3)

        #expect(
            names(told) == [
                "execution_start", "execution_cached", "progress_state", "executing", "progress_state", "progress",
                "executed", "progress_state", "execution_success",
            ])
        #expect(data(told[0]) == ["prompt_id": "p", "timestamp": 1])
        #expect(data(told[1]).text() == #"{"nodes":["1"],"prompt_id":"p","timestamp":2}"#)
        #expect(data(told[3]) == ["node": "9", "display_node": "9", "prompt_id": "p"])
        #expect(lifecycle.told.map(\.type) == ["execution_start", "execution_cached", "execution_success"])
        #expect(lifecycle.outputs == ["9": ["images": []]])
        #expect(lifecycle.meta["9"]?["real_node_id"] == "9")
    }

    @Test func `fresh nodes count in floats, steps in whole numbers`() {
        var lifecycle = PromptLifecycle(promptID: "p")

        let begun = data(lifecycle.begin("1", in: graph)[0])
        let stepped = data(lifecycle.step("1", value: 2, max: 3, preview: nil, takesMetadata: false, in: graph)[0])
        let done = data(lifecycle.finish("1", in: graph)[0])

        #expect(
            begun.text(.python)
                == #"{"prompt_id": "p", "nodes": {"1": {"value": 0.0, "max": 1.0, "state": "running", "node_id": "1", "prompt_id": "p", "display_node_id": "1", "parent_node_id": null, "real_node_id": "1"}}}"#
        )
        #expect(stepped["nodes"]?["1"]?["value"]?.text() == "2")
        #expect(done["nodes"]?["1"]?["value"]?.text() == "3")
        #expect(done["nodes"]?["1"]?["state"] == "finished")
    }

    @Test func `a cached output is replayed with whole numbers, null without a show`() {
        var lifecycle = PromptLifecycle(promptID: "p")

        let shown = lifecycle.replay("9", ["images": []], in: graph)
        let silent = lifecycle.replay("1", nil, in: graph)

        #expect(names(shown) == ["executed", "progress_state"])
        #expect(data(shown[1])["nodes"]?["9"]?["value"]?.text() == "1")
        #expect(data(silent[0])["output"] == JSON.null)
        #expect(lifecycle.outputs.keys == ["9"])
    }

    @Test func `where a preview stands depends on what the client announced`() {
        var lifecycle = PromptLifecycle(promptID: "p")
        let preview = PromptLifecycle.Preview(image: [1, 2], kind: .jpeg)

        let plain = lifecycle.step("1", value: 1, max: 2, preview: preview, takesMetadata: false, in: graph)
        let rich = lifecycle.step("1", value: 1, max: 2, preview: preview, takesMetadata: true, in: graph)

        #expect(names(plain) == ["progress_state", "progress", "frame 1"])
        #expect(names(rich) == ["progress_state", "frame 4", "progress"])
    }

    @Test func `errors and interruptions stay in the history, blocks do not`() {
        var lifecycle = PromptLifecycle(promptID: "p")

        let blocked = lifecycle.block("1", type: "EmptyImage", executed: [], text: "no")
        let interrupted = lifecycle.interrupt("1", type: "EmptyImage", executed: ["2"], now: 5)

        #expect(blocked.receiver == .client)
        #expect(data(blocked)["exception_type"] == "ExecutionBlocked")
        #expect(data(blocked)["timestamp"] == nil)
        #expect(interrupted[0].receiver == .clientOrAll)
        #expect(
            data(interrupted[0]).text()
                == #"{"prompt_id":"p","node_id":"1","node_type":"EmptyImage","executed":["2"],"timestamp":5}"#)
        #expect(lifecycle.told.map(\.type) == ["execution_interrupted"])
    }

    @Test func `added nodes are shown as the one that added them`() {
        var graph = graph
        let isNew = graph.add(Prompts.emptyImage, as: "9.0.0.1", by: "9", shownAs: nil)
        let isDeeper = graph.add(Prompts.emptyImage, as: "9.0.0.1.0.0.2", by: "9.0.0.1", shownAs: nil)
        var lifecycle = PromptLifecycle(promptID: "p")

        let messages = lifecycle.begin("9.0.0.1.0.0.2", in: graph)

        #expect(isNew && isDeeper)
        #expect(data(messages[1])["display_node"] == "9")
        let entry = data(messages[0])["nodes"]?["9.0.0.1.0.0.2"]
        #expect(entry?["parent_node_id"] == "9.0.0.1")
        #expect(entry?["real_node_id"] == "9")
    }
}
