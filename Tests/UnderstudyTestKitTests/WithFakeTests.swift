import JSONTree
import Journal
import Scenarios
import SocketServer
import Testing
import UnderstudyTestKit

/// Fakes in a test, as another team's tests would have them.
@Suite(.timeLimit(.minutes(1))) struct WithFakeTests {
    private func chat(_ fake: StagedFake, key: String = "sk-1") async throws -> RawResponse {
        try await RawSocket.request(
            "POST", fake.url + "/v1/chat/completions", headers: ["authorization": "Bearer \(key)"],
            body: #"{"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}],"num_retries":0}"#)
    }

    @Test func `a rule on one line acts, and the journal proves it`() async throws {
        try await withFake(.liteLLM(scenario: "litellm POST /v1/chat/completions: error rate_limit, first 1")) { fake in
            let first = try await chat(fake)
            let second = try await chat(fake)

            #expect([first.status, second.status] == [429, 200])
            try await fake.journal.wait(for: .path("/v1/chat/completions"), count: 2)
            try fake.verify(
                .count(.path("/v1/chat/completions"), exactly: 2), .count(.error("rate_limit"), exactly: 1),
                .never(.status("5xx")), .order(.status("429"), .status("200")))
        }
    }

    /// The README's example.
    @Test func `a client that tries again passes, an hour later`() async throws {
        let clock = ManualClock()
        let busy = "litellm POST /v1/chat/completions: error rate_limit, delay 1h, first 1"
        try await withFake(.liteLLM(scenario: busy), clock: clock) { fake in
            async let answers = [chat(fake), chat(fake)]
            try await clock.advanceToNextTimer()
            _ = try await answers
            try fake.verify(.order(.status("429"), .status("200")), .never(.status("5xx")))
        }
    }

    @Test func `a scenario may be a file, one of the library, or a value`() async throws {
        let file = """
            version: 1
            scenario: closed
            rules:
              - on: comfyui GET /queue
                respond: { status: 418 }
            """
        let value = Scenario(
            name: "value",
            rules: [
                Rule(
                    name: "rule",
                    on: Match(fake: FakePattern(), subject: .request(method: nil, path: PathTemplate("/queue"))),
                    effects: [.respond(Response(status: 419))])
            ])
        let sources: [any ScenarioSource] = [file, value]
        var statuses: [Int] = []
        for source in sources {
            try await withFake(.comfyUI(scenario: source)) { fake in
                statuses.append(try await RawSocket.get(fake.url + "/queue").status)
            }
        }
        let counts = try await withFake(.comfyUI(scenario: "busy-gpu")) { await $0.rules.counts() }

        #expect(statuses == [418, 419])
        #expect(!counts.isEmpty)
    }

    @Test func `a wrong scenario is refused with all that is wrong, and an unknown one with those that there are`()
        async throws
    {
        await #expect {
            try await withFake(.gradio(app: "rvc", scenario: "gradio POST /nowhere: error queue_ful")) { _ in }
        } throws: {
            "\($0)".contains("queue_full") && "\($0)".contains("/nowhere")
        }
        await #expect {
            try await withFake(.comfyUI(scenario: "busy-gpus")) { _ in }
        } throws: {
            "\($0)".contains("busy-gpu,")
        }
    }

    @Test func `rules come and go, and say what they did`() async throws {
        try await withFake(.gradio()) { fake in
            let rule = try await fake.rules.add("gradio GET /config: respond 503")
            let refused = try await RawSocket.get(fake.url + "/config").status
            let acted = await fake.rules.acted(rule)
            await fake.rules.remove(rule)
            let answered = try await RawSocket.get(fake.url + "/config").status

            #expect([refused, answered] == [503, 200])
            #expect(acted == 1)
        }
    }

    @Test func `several fakes play one scenario, each with its journal`() async throws {
        let scenario = """
            version: 1
            scenario: both
            rules:
              - on: comfyui GET /queue
                respond: { status: 503 }
              - on: gradio.rvc GET /config
                respond: { status: 502 }
            """
        try await withFakes([.comfyUI, .liteLLM, .gradio(app: "rvc")], scenario: scenario) { fakes in
            let comfyUI = try await RawSocket.get(fakes["comfyui"].url + "/queue").status
            let liteLLM = try await RawSocket.get(fakes["litellm"].url + "/health/liveliness").status
            let gradio = try await RawSocket.get(fakes["rvc"].url + "/config").status

            #expect([comfyUI, liteLLM, gradio] == [503, 200, 502])
            #expect(try fakes["rvc"].journal.exchanges().map(\.status) == [502])
            #expect(try fakes.journal.exchanges().count == 3)
            try fakes.verify(.never("fake=litellm event=effect"), .count(.event("effect"), exactly: 2))
        }
    }

    @Test func `what does not come in time is told with what came instead`() async throws {
        try await withFake(.comfyUI) { fake in
            _ = try await RawSocket.get(fake.url + "/queue")
            await #expect {
                try await fake.journal.wait(for: .path("/prompt"), within: .milliseconds(10))
            } throws: {
                "\($0)".contains("expected 1 of path=/prompt fake=comfyui within 10ms, got 0")
                    && "\($0)".contains("GET /queue")
            }
            #expect {
                try fake.verify(.count(.path("/prompt").method("POST")))
            } throws: {
                "\($0)".contains("found 0")
            }
        }
    }

    @Test func `reset begins anew`() async throws {
        try await withFake(.liteLLM(scenario: "litellm POST /v1/chat/completions: error rate_limit, first 1")) { fake in
            try await fake.set(["ready": false])
            _ = try await chat(fake)
            await fake.reset()
            let statuses = [try await chat(fake).status, try await chat(fake).status]

            #expect(statuses == [429, 200])
            #expect(try fake.journal.exchanges().count == 2)
        }
    }
}
