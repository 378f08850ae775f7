import Fakes
import JSONTree
import SocketServer
import Testing
import UnderstudyTestKit

@testable import GradioFake

/// Starts a fake Gradio with a small app of its own: `Apps.probe` unless told otherwise.
func withGradio<Result>(
    _ yaml: String = Apps.probe, major: GradioMajor = .six, speed: Double = 1, seed: UInt64 = 7,
    setup change: (inout GradioConfiguration) -> Void = { _ in },
    _ body: (StagedFake) async throws -> Result
) async throws -> Result {
    var setup = GradioConfiguration(app: try AppDefinition(yaml: yaml, file: "probe.yaml", major: major))
    change(&setup)
    return try await withFake(
        id: "gradio", seed: seed, speed: speed, { [setup] in FakeGradio($0, configuration: setup) }, body)
}

/// The apps of the tests.
enum Apps {
    /// A text function, a state, generators, failures, waiting and files.
    static let probe = """
        title: probe
        queue: { max_size: 3 }
        components:
          - textbox: text
            label: Text
          - number: n
            label: N
            value: 2
          - state: memory
            value: 0
          - json: tree
          - audio: sound
          - file: file
          - button: go
        functions:
          - { api_name: echo, trigger: go, inputs: [text], outputs: [text], reply: "echo: {text}" }
          - api_name: count
            inputs: { amount: n, seen: memory }
            outputs: [n, memory]
            do: [{ set: { sum: "{seen + amount}" } }, { return: ["{sum}", "{sum}"] }]
          - api_name: words
            inputs: [n]
            outputs: [text]
            do:
              - set: { all: "" }
              - repeat: int(n)
                as: i
                do: [{ set: { all: "{all}w{i} " } }, { sleep: 0.01 }, { yield: "{all}" }]
          - { api_name: wait, inputs: [n], outputs: [text], do: [{ sleep: n }, { return: "waited {n}" }] }
          - api_name: fail
            inputs: [text]
            outputs: [text]
            do:
              - if: text == "error"
                then: [{ error: { message: No, duration: 3.5, title: Oops } }]
              - if: text == "late"
                then: [{ info: Soon }, { progress: { step: 1, of: 2, desc: Half } }, { sleep: 0.02 }]
              - raise: { ValueError: secret }
          - { api_name: tone, inputs: [n], outputs: [sound], reply: "{sine(440, seconds=0.01)}" }
          - { api_name: size, inputs: [file], outputs: [n], reply: "{size(file)}" }
          - { api_name: direct, inputs: [text], outputs: [text], queue: false, reply: "direct: {text}" }
          - { api_name: hidden, inputs: [text], outputs: [text], visibility: private, reply: "{text}" }
          - api_name: checked
            inputs: [text]
            outputs: [text]
            validators: [{ require: len(text) > 2, message: Too short }]
            reply: "{text}"
        """

    /// Behind a login.
    static let locked = """
        mode: interface
        launch: { auth: { alice: wonder }, auth_message: Please log in }
        components: [{ textbox: text }, { textbox: who }]
        functions: [{ api_name: predict, inputs: [text], outputs: [who], reply: "{request.username}: {text}" }]
        """
}

extension StagedFake {
    /// POSTs JSON to a path under the prefix of 6 and gives status and JSON.
    @discardableResult
    func post(
        _ path: String, _ body: JSON, prefix: String = "/gradio_api"
    ) async throws -> (status: Int, json: JSON) {
        let answer = try await RawSocket.request(
            "POST", url + prefix + path, headers: ["Content-Type": "application/json"], body: body.text())
        return (answer.status, JSON.found(in: answer.body) ?? .string(answer.text))
    }

    func get(_ path: String, headers: HeaderFields = [:]) async throws -> RawResponse {
        try await RawSocket.get(url + path, headers: headers)
    }

    /// Joins the queue and gives the event's id.
    @discardableResult
    func join(_ function: Int, _ data: [JSON], session: String = "s", prefix: String = "/gradio_api") async throws
        -> String
    {
        let answer = try await post(
            "/queue/join",
            ["data": .array(data), "fn_index": .int(function), "session_hash": .string(session)], prefix: prefix)
        return try #require(answer.json["event_id"]?.string, "\(answer)")
    }

    /// Opens the stream of a session.
    func open(session: String = "s", prefix: String = "/gradio_api") async throws -> RawSocket {
        let socket = try await RawSocket(url: url)
        try await socket.send(
            "GET \(prefix)/queue/data?session_hash=\(session) HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        return socket
    }

    /// The messages of a session until its stream ends.
    func messages(session: String = "s", prefix: String = "/gradio_api") async throws -> [JSON] {
        let socket = try await open(session: session, prefix: prefix)
        let text = try await socket.read(until: "\r\n0\r\n\r\n")
        return Self.messages(in: text)
    }

    /// The messages in what came over a socket.
    static func messages(in text: String) -> [JSON] {
        text.split(separator: "\r\n").flatMap { $0.split(separator: "\n\n") }
            .filter { $0.hasPrefix("data: ") }
            .compactMap { JSON.found(in: String($0.dropFirst(6))) }
    }
}
