import Fakes
import GradioFake
import JSONTree
import SocketServer
import Testing
import UnderstudyTestKit

@Suite struct MalformedRequestsTests {
    /// What each route takes, to be spoilt.
    private static let proper: [MalformedTraffic.Proper] = [
        .init("/gradio_api/queue/join", ["data": ["a"], "fn_index": 0, "session_hash": "fuzz"]),
        .init("/gradio_api/queue/join", ["data": [1, nil], "fn_index": 1, "session_hash": "fuzz", "trigger_id": 7]),
        .init(
            "/gradio_api/queue/join",
            [
                "data": [["path": "/app/gradio/x/a.txt", "orig_name": "a.txt", "meta": ["_type": "gradio.FileData"]]],
                "fn_index": 6, "session_hash": "files",
            ]),
        .init("/gradio_api/queue/join", ["data": ["late"], "fn_index": 4, "session_hash": "failures"]),
        .init("/gradio_api/queue/join", ["data": ["checked"], "fn_index": 9, "session_hash": "checks"]),
        .init("/gradio_api/cancel", ["session_hash": "fuzz", "fn_index": 0, "event_id": "1"]),
        .init("/gradio_api/reset", ["event_id": "1"]),
        .init("/gradio_api/call/echo", ["data": ["a"], "session_hash": "fuzz"]),
        .init("/gradio_api/call/v2/echo", ["text": "a"]),
        .init("/gradio_api/run/count", ["data": [1, nil], "session_hash": "fuzz"]),
        .init("/gradio_api/api/direct", ["data": ["a"], "fn_index": 7]),
        .init(
            "/gradio_api/component_server",
            ["data": [1], "component_id": 1, "fn_name": "f", "session_hash": "fuzz"]),
        .init("/gradio_api/stream/1", ["data": ["a"], "fn_index": 0, "session_hash": "fuzz"]),
        .init("/login", ["username": "a", "password": "b"]),
    ]

    @Test(arguments: [(GradioMajor.six, 10_000), (.four, 2_000)])
    func `ten thousand malformed requests later an app still does its job`(
        _ major: GradioMajor, _ count: Int
    ) async throws {
        // Without a limit of its queue, so that joins get as far as they can.
        let app = Apps.probe.split(separator: "\n").filter { !$0.hasPrefix("queue:") }.joined(separator: "\n")
        try await withGradio(app, major: major, speed: 1000) { fake in
            let prefix = major == .six ? "/gradio_api" : ""
            let traffic = MalformedTraffic(
                seed: 5,
                paths: [
                    "/queue/join", "/queue/data?session_hash=fuzz", "/upload", "/upload?upload_id=1", "/call/echo",
                    "/run/echo", "/config", "/file=x", "/cancel", "/heartbeat/x", "/upload_progress?upload_id=1",
                    "/info",
                ].map { prefix + $0 } + ["/login", "/config"],
                proper: Self.proper.map { proper in
                    var proper = proper
                    if prefix.isEmpty { proper.path = proper.path.replacing("/gradio_api", with: "") }
                    return proper
                },
                form: (prefix + "/upload", "files"))

            let outcome = await traffic.send(count: count, to: fake.addresses[0])
            try await fake.join(0, ["still here"], session: "survivor", prefix: prefix)
            let messages = try await fake.messages(session: "survivor", prefix: prefix)

            #expect(outcome.hanging == 0)
            #expect(outcome.answered > count / 2)
            #expect(messages.last { $0["msg"] == "process_completed" }?["output"]?["data"] == ["echo: still here"])
        }
    }
}
