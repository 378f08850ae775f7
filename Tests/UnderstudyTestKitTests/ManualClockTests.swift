import Journal
import Testing
import UnderstudyTestKit

/// Hours that pass in a moment.
@Suite(.timeLimit(.minutes(1))) struct ManualClockTests {
    private let hello = #"{"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}],"num_retries":0"#

    private func chat(_ fake: StagedFake, stream: Bool = false) async throws -> RawResponse {
        try await RawSocket.request(
            "POST", fake.url + "/v1/chat/completions", body: hello + (stream ? #","stream":true}"# : "}"))
    }

    @Test func `a delayed answer waits for the clock, and no longer`() async throws {
        let clock = ManualClock()
        try await withFake(.liteLLM(scenario: "litellm POST /v1/chat/completions: delay 1h"), clock: clock) { fake in
            async let answer = chat(fake)
            try await clock.waitForTimers(1)
            await clock.advance(by: .seconds(3599))
            let before = try fake.journal.exchanges().count
            await clock.advance(by: .seconds(1))
            let status = try await answer.status

            #expect(before == 0)
            #expect(status == 200)
            #expect(clock.elapsed == .seconds(3600))
            try fake.verify(.latency(.path("/v1/chat/completions"), atLeast: .seconds(3600), atMost: .seconds(3600)))
        }
    }

    @Test func `a throttled answer takes its time on the wire, exactly`() async throws {
        let clock = ManualClock()
        try await withFake(.comfyUI(scenario: "comfyui GET /object_info: throttle 1KB/s"), clock: clock) { fake in
            async let answer = RawSocket.get(fake.url + "/object_info/KSampler")
            async let whole = RawSocket.get(fake.url + "/object_info")
            _ = try await answer
            try await clock.waitForTimers(1)
            await clock.advance(by: .seconds(7200))
            let size = try await whole.body.count

            #expect(size > 20_000)
        }
    }

    @Test func `slices vary in size, and all of the answer comes`() async throws {
        let clock = ManualClock()
        let rule = "comfyui GET /object_info: slice {bytes: 1000, variation: 500, gap: 1s}"
        try await withFake(.comfyUI(scenario: rule), clock: clock) { fake in
            async let answer = RawSocket.get(fake.url + "/object_info")
            try await clock.waitForTimers(1)
            let began = clock.elapsed
            let socket = try await RawSocket(url: fake.url)
            try await socket.send("GET /object_info HTTP/1.1\r\nHost: x\r\n\r\n")
            let first = try await socket.read { !$0.isEmpty }.bytes.count
            await clock.advance(by: .seconds(3600))
            let size = try await answer.body.count

            #expect((500...1500).contains(first))
            #expect(size > 50_000)
            #expect(began == .zero)
        }
    }

    @Test func `tokens come one by one as the clock is turned`() async throws {
        let clock = ManualClock()
        let rule = "litellm POST /v1/chat/completions: delay first_token 10s, delay between_tokens 5s"
        try await withFake(.liteLLM(scenario: rule), clock: clock) { fake in
            async let answer = chat(fake, stream: true)
            var moments: [Duration] = []
            try await clock.advanceToNextTimer()
            moments.append(clock.elapsed)
            try await clock.advanceToNextTimer()
            moments.append(clock.elapsed)
            await clock.advance(by: .seconds(100_000))
            let text = try await answer.text

            #expect(moments == [.seconds(10), .seconds(15)])
            #expect(text.hasSuffix("data: [DONE]\n\n"))
        }
    }

    @Test func `a restart comes at its time, and is over at its time`() async throws {
        let clock = ManualClock()
        let scenario = """
            version: 1
            scenario: restart
            rules:
              - on: comfyui
                when: { at: 10m }
                refuse: 5m
            """
        try await withFake(.comfyUI(scenario: scenario), clock: clock) { fake in
            await clock.advance(by: .seconds(599))
            let before = try await RawSocket.get(fake.url + "/queue").status
            await clock.advance(by: .seconds(2))
            await #expect(throws: RawSocket.Failure.self) { _ = try await RawSocket(url: fake.url) }
            await clock.advance(by: .seconds(300))
            let after = try await RawSocket.get(fake.url + "/queue").status

            #expect([before, after] == [200, 200])
            let closed = try #require(try fake.journal.entries(.text("port closed")).first)
            let open = try #require(try fake.journal.entries(.text("port open")).first)
            #expect(open.since - closed.since == .seconds(300))
        }
    }

    @Test func `a quota is whole again in the next window`() async throws {
        let clock = ManualClock()
        let rule = "litellm POST /v1/chat/completions: quota {requests: 1, per: 1m}"
        try await withFake(.liteLLM(scenario: rule), clock: clock) { fake in
            var statuses: [Int] = []
            for seconds in [0, 0, 59, 1] {
                await clock.advance(by: .seconds(seconds))
                statuses.append(try await chat(fake).status)
            }

            #expect(statuses == [200, 429, 429, 200])
        }
    }

    @Test func `a message of a WebSocket waits for the clock`() async throws {
        let clock = ManualClock()
        try await withFake(.comfyUI(scenario: "comfyui sends status: delay 1h"), clock: clock) { fake in
            let socket = try await RawSocket(url: fake.url)
            try await socket.send(
                "GET /ws?clientId=c HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
            _ = try await socket.read(until: "\r\n\r\n")
            try await clock.advanceToNextTimer()
            let text = try await socket.read(until: "exec_info")

            #expect(text.contains(#""type": "status""#))
            #expect(clock.elapsed == .seconds(3600))
        }
    }
}
