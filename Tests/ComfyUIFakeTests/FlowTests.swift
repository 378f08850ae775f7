import Fakes
import JSONTree
import Testing

@testable import ComfyUIFake

/// Lazy inputs, nodes that expand, blocked values, lists: what happens between nodes.
@Suite(.timeLimit(.minutes(1))) struct FlowTests {
    private static let classes = #"""
        {"Choose": {
            "required": {"first": ["IMAGE", {"lazy": true}], "second": ["IMAGE", {"lazy": true}], "use_first": ["BOOLEAN"]},
            "output": ["IMAGE"],
            "behaviour": {"wants": {"first": "@use_first"}, "give": ["@first"]}},
         "Grow": {
            "required": {"image": ["IMAGE"]}, "output": ["IMAGE"],
            "behaviour": {"expand": {
                "nodes": {"1": {"class_type": "ImageInvert", "inputs": {"image": "@image"}},
                          "2": {"class_type": "ImageInvert", "inputs": {"image": ["1", 0]}}},
                "give": [["2", 0]]}}},
         "Block": {
            "required": {"image": ["IMAGE"], "text": ["STRING"]}, "output": ["IMAGE"],
            "behaviour": {"give": [{"blocked": "not today"}]}},
         "Three": {
            "output": ["INT"], "lists": [true], "behaviour": {"give": [[1, 2, 3]]}},
         "Always": {
            "required": {"image": ["IMAGE"]}, "output": ["IMAGE"],
            "behaviour": {"stamp": "never", "give": ["@image"]}}}
        """#

    private func messages(
        of prompt: JSONObject, runs: Int = 1, _ check: ([SocketClient.Message]) throws -> Void
    ) async throws {
        try await withComfyUI({ $0.nodeFiles.append(Array(Self.classes.utf8)) }) { fake in
            let client = try await SocketClient(fake, "c")
            var messages: [SocketClient.Message] = []
            for _ in 0..<runs {
                _ = try await fake.queue(prompt, client: "c")
                messages = try await client.run()
            }
            try check(messages)
        }
    }

    private func executing(_ messages: [SocketClient.Message]) -> [String] {
        messages.filter { $0.name == "executing" }.compactMap { $0.data["node"]?.string }
    }

    @Test func `a lazy input runs when it is wanted, and its node is announced twice`() async throws {
        try await messages(of: [
            "1": Prompts.emptyImage, "2": Prompts.invert("1"),
            "3": ["class_type": "Choose", "inputs": ["first": ["1", 0], "second": ["2", 0], "use_first": true]],
            "9": Prompts.preview("3"),
        ]) { messages in
            #expect(executing(messages) == ["3", "1", "3", "9"])
        }
    }

    @Test func `added nodes have ids of their own, are shown as their parent, and give its results`() async throws {
        try await messages(of: [
            "1": Prompts.emptyImage, "4": ["class_type": "Grow", "inputs": ["image": ["1", 0]]],
            "9": Prompts.preview("4"),
        ]) { messages in
            #expect(executing(messages) == ["1", "4", "4.0.0.1", "4.0.0.2", "9"])
            let added = messages.first { $0.name == "executing" && $0.data["node"] == "4.0.0.2" }
            #expect(added?.data["display_node"] == "4")
            let states = messages.filter { $0.name == "progress_state" }
            let entry = states.last?.data["nodes"]?["4.0.0.1"]
            #expect(entry?["parent_node_id"] == "4")
            #expect(entry?["real_node_id"] == "4")
            #expect(states.last?.data["nodes"]?["4"]?["state"] == "finished")
            #expect(messages.contains { $0.name == "execution_success" })
        }
    }

    @Test func `added nodes never appear among the cached ones`() async throws {
        let prompt: JSONObject = [
            "1": Prompts.emptyImage, "4": ["class_type": "Grow", "inputs": ["image": ["1", 0]]],
            "9": Prompts.preview("4"),
        ]
        try await messages(of: prompt, runs: 2) { messages in
            #expect(messages.first { $0.name == "execution_cached" }?.data["nodes"] == ["1", "4", "9"])
            #expect(executing(messages).isEmpty)
        }
    }

    @Test func `a blocked value is told, skips what follows, and the run goes on`() async throws {
        try await messages(of: [
            "1": Prompts.emptyImage, "4": ["class_type": "Block", "inputs": ["image": ["1", 0], "text": "x"]],
            "5": Prompts.invert("4"), "8": Prompts.preview("1"), "9": Prompts.preview("5"),
        ]) { messages in
            let error = messages.first { $0.name == "execution_error" }?.data
            #expect(error?["exception_message"] == "Execution Blocked: not today")
            #expect(error?["node_id"] == "5")
            #expect(messages.filter { $0.name == "execution_error" }.count == 1)
            #expect(messages.filter { $0.name == "executed" }.map { $0.data["node"]?.string } == ["8"])
            #expect(messages.contains { $0.name == "execution_success" })
        }
    }

    @Test func `a node runs once for each element of a list, and shows all in one`() async throws {
        try await messages(of: [
            "1": ["class_type": "Three", "inputs": [:]],
            "9": ["class_type": "PreviewAny", "inputs": ["source": ["1", 0]]],
        ]) { messages in
            #expect(messages.first { $0.name == "executed" }?.data["output"] == ["text": ["1", "2", "3"]])
            #expect(messages.filter { $0.name == "executed" }.count == 1)
        }
    }

    @Test func `what is never the same always runs, and all that follows`() async throws {
        let prompt: JSONObject = [
            "1": Prompts.emptyImage, "2": ["class_type": "Always", "inputs": ["image": ["1", 0]]],
            "9": Prompts.preview("2"),
        ]
        try await messages(of: prompt, runs: 2) { messages in
            #expect(messages.first { $0.name == "execution_cached" }?.data["nodes"] == ["1"])
            #expect(executing(messages) == ["2", "9"])
        }
    }

    @Test func `two nodes that are the same run once`() async throws {
        try await messages(of: ["1": Prompts.emptyImage, "8": Prompts.preview("1"), "9": Prompts.preview("1")]) {
            messages in
            #expect(executing(messages) == ["1", "8"])
            let outputs = messages.filter { $0.name == "executed" }.map { $0.data["output"] }
            #expect(outputs.count == 2)
            #expect(outputs[0] == outputs[1])
            #expect(messages.last { $0.name == "progress_state" }?.data["nodes"]?["9"]?["value"]?.text() == "1")
        }
    }
}
