import Testing

@testable import Connectivity

@Suite struct ComfyUIMessageTests {
    private func number(_ value: UInt8) -> [UInt8] { [0, 0, 0, value] }

    @Test func `texts are messages`() throws {
        let expected: [(String, ComfyUIMessage?)] = [
            (
                #"{"type": "status", "data": {"status": {"exec_info": {"queue_remaining": 2}}, "sid": "x"}}"#,
                .status(remaining: 2, id: "x")
            ),
            (#"{"type": "execution_start", "data": {"prompt_id": "p", "timestamp": 1}}"#, .started(job: "p")),
            (
                #"{"type": "execution_cached", "data": {"nodes": ["1"], "prompt_id": "p"}}"#,
                .cached(job: "p", nodes: ["1"])
            ),
            (
                #"{"type": "executing", "data": {"node": "4.0", "display_node": "4", "prompt_id": "p"}}"#,
                .executing(job: "p", node: "4")
            ),
            (#"{"type": "executing", "data": {"node": "4"}}"#, .executing(job: nil, node: "4")),
            (#"{"type": "executing", "data": {"node": null, "prompt_id": "p"}}"#, .ended(job: "p")),
            (
                #"{"type": "progress", "data": {"value": 1, "max": 2.0, "prompt_id": "p", "node": "3"}}"#,
                .progress(job: "p", node: "3", value: 1, maximum: 2)
            ),
            (
                #"{"type": "executed", "data": {"node": "6", "output": null, "prompt_id": "p"}}"#,
                .executed(job: "p", node: "6", output: nil)
            ),
            (#"{"type": "execution_success", "data": {"prompt_id": "p"}}"#, .succeeded(job: "p")),
            (#"{"type": "execution_interrupted", "data": {"prompt_id": "p"}}"#, .interrupted(job: "p")),
            (#"{"type": "crystools.monitor", "data": {}}"#, .other(type: "crystools.monitor")),
            (#"{"type": "stats"}"#, .other(type: "stats")), ("{", nil), ("[]", nil), (#"{"type": 5}"#, nil),
            (#"{"type": "status", "data": {}}"#, nil), (#"{"type": "execution_start", "data": {}}"#, nil),
            (#"{"type": "progress", "data": {"value": "x"}}"#, nil), (#"{"type": "executing", "data": {}}"#, nil),
            (#"{"type": "executed", "data": {"prompt_id": "p"}}"#, nil),
            (#"{"type": "execution_cached", "data": {"prompt_id": "p"}}"#, nil),
            (#"{"type": "execution_success"}"#, nil), (#"{"type": "execution_error"}"#, nil),
            (#"{"type": "execution_interrupted"}"#, nil),
        ]
        for (text, message) in expected { #expect(ComfyUIMessage(.text(text)) == message, "\(text)") }
    }

    @Test func `binary frames of all types`() {
        let header = Array(
            #"{"node_id": "3.1", "prompt_id": "p", "display_node_id": "3", "image_type": "image/png"}"#.utf8)
        let expected: [([UInt8], ComfyUIMessage?)] = [
            (
                number(1) + number(1) + [9],
                .preview(job: nil, PreviewImage(node: nil, mediaType: "image/jpeg", bytes: [9]))
            ),
            (
                number(1) + number(2) + [9],
                .preview(job: nil, PreviewImage(node: nil, mediaType: "image/png", bytes: [9]))
            ),
            (number(3) + number(2) + Array("12hm".utf8), .text(node: "12", "hm")),
            (
                number(4) + number(UInt8(header.count)) + header + [7],
                .preview(job: "p", PreviewImage(node: "3", mediaType: "image/png", bytes: [7]))
            ),
            (number(2) + [1], .other(type: "binary 2")), ([], nil), ([0, 0, 1], nil), (number(1) + number(7), nil),
            (number(3) + number(200), nil), (number(4) + number(2) + [0x7B, 0x7B], nil),
            (number(3) + number(1) + [0x31, 0xFF], nil),
        ]
        for (bytes, message) in expected { #expect(ComfyUIMessage(.binary(bytes)) == message) }
    }

    @Test func `each thing happens once, and nothing after the end`() {
        var progress = JobProgress()
        let messages: [ComfyUIMessage] = [
            .started(job: "p"), .started(job: "p"), .cached(job: "p", nodes: []), .cached(job: "p", nodes: []),
            .executing(job: "p", node: "3"), .executing(job: "p", node: "3"),
            .preview(job: nil, PreviewImage(node: nil, mediaType: "image/png", bytes: [])),
            .executed(job: "p", node: "6", output: ["a": 1]), .executed(job: "p", node: "6", output: ["a": 1]),
            .succeeded(job: "p"), .succeeded(job: "p"), .executing(job: "p", node: "9"),
        ]
        var events: [JobEvent] = []
        for message in messages { events += progress.take(message) }
        events += progress.end(.finished(JobResult(outputs: [:])))
        events += progress.end(.interrupted)
        events += progress.take(.interrupted(job: "p"))

        #expect(
            events == [
                .queued, .started, .cached(nodes: []), .executing(node: "3"),
                .preview(PreviewImage(node: "3", mediaType: "image/png", bytes: [])),
                .executed(node: "6", output: ["a": 1]), .finished(JobResult(outputs: [:])),
            ])
    }

    @Test func `a job that is sent again begins anew`() {
        var progress = JobProgress()
        _ = progress.take(.executed(job: "p", node: "6", output: ["a": 1]))
        progress.startOver()

        #expect(progress.stage == .waiting)
        #expect(progress.outputs.isEmpty)
        #expect(progress.take() == [.queued])
    }

    @Test func `errors are told with their node`() throws {
        let raised = JobFailure(executionError: [
            "exception_message": "out of memory\n\n", "node_id": "4", "node_type": "KSampler",
            "exception_type": "torch.OutOfMemoryError",
        ])
        let refusal = JobFailure(refusal: [
            "error": [
                "type": "missing_node_type", "message": "Node 'X' not found.", "details": "Node ID '#1'",
                "extra_info": ["node_id": "1"],
            ],
            "node_errors": [:],
        ])

        #expect(raised.message == "out of memory")
        #expect(raised.node == "4")
        #expect(refusal?.node == "1")
        #expect(refusal?.message == "Node 'X' not found.: Node ID '#1'")
        #expect(JobFailure(refusal: [:]) == nil)
    }
}
