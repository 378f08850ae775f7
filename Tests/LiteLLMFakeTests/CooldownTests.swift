import Fakes
import JSONTree
import LiteLLMFake
import SocketServer
import Testing
import UnderstudyTestKit

/// Deployments that are set aside after failures, as `router_utils/cooldown_handlers.py` of litellm 1.109.1 does it.
@Suite struct CooldownTests {
    /// Each group's deployments, by the status that their upstream answers with.
    private func configuration(
        _ groups: [String: [Int]], router: JSON = [:], parameters: JSONObject = [:]
    ) throws -> LiteLLMConfiguration {
        var models: [JSON] = []
        for (name, statuses) in groups.sorted(by: { $0.key < $1.key }) {
            for status in statuses {
                var own = parameters
                own["model"] = .string("openai/\(status)")
                own["api_base"] = "http://upstream"
                models.append([
                    "model_name": .string(name), "litellm_params": .object(own),
                    "model_info": ["id": .string("\(name)-\(status)")],
                ])
            }
        }
        var behaviours = JSONObject()
        for status in Set(groups.values.joined()) where status != 200 {
            behaviours[String(status)] = [
                "status": .int(status), "error": ["message": "no"],
                "headers": status == 429 ? ["retry-after": "2"] : [:],
            ]
        }
        return LiteLLMConfiguration(
            proxy: try ProxyConfiguration(["model_list": .array(models), "router_settings": router]),
            upstreams: try Upstream.list([["base": "http://upstream", "models": .object(behaviours)]]))
    }

    private func call(_ group: String, retries: Int = 0, _ fake: StagedFake) async throws -> RawResponse {
        try await RawSocket.request(
            "POST", fake.url + "/v1/chat/completions",
            headers: ["content-type": "application/json", "x-litellm-num-retries": String(retries)],
            body: #"{"model":"\#(group)","messages":[{"role":"user","content":"Hi"}]}"#)
    }

    private func statuses(_ count: Int, of group: String, _ fake: StagedFake) async throws -> [Int] {
        var statuses: [Int] = []
        for _ in 0..<count { statuses.append(try await call(group, fake).status) }
        return statuses
    }

    @Test(arguments: [401, 404])
    func `what fails for everybody sets even the only deployment aside, for five seconds`(status: Int) async throws {
        let clock = ManualClock()
        let settings = try configuration(["one": [status]])
        try await withFake(clock: clock, { FakeLiteLLM(settings, environment: $0) }) { fake in
            let first = try await call("one", fake)
            let second = try await call("one", fake)
            await clock.advance(by: .seconds(5.1))
            let later = try await call("one", fake)

            #expect(first.status == status)
            #expect(second.status == 429 && second.headers["retry-after"] == "5")
            #expect(
                second.text
                    == #"{"error":{"message":"No deployments available for selected model, Try again in 5 seconds. All deployments for selected model are in cooldown. Passed model=one. pre-call-checks=False, cooldown_list=['one-\#(status)']","type":"all_deployments_in_cooldown","param":null,"code":"429"}}"#
            )
            #expect(later.status == status)
        }
    }

    @Test func `to a client of Anthropic's kind it is a rate limit in their envelope`() async throws {
        let settings = try configuration(["one": [404]])
        try await withFake({ FakeLiteLLM(settings, environment: $0) }) { fake in
            var answers: [RawResponse] = []
            for _ in 0..<2 {
                answers.append(
                    try await RawSocket.request(
                        "POST", fake.url + "/v1/messages", headers: ["content-type": "application/json"],
                        body: #"{"model":"one","max_tokens":9,"messages":[{"role":"user","content":"Hi"}]}"#))
            }

            #expect(answers[0].text.contains(#""message":"litellm.NotFoundError: OpenAIException - "#))
            #expect(answers[1].status == 429 && !answers[1].headers.contains("retry-after"))
            #expect(
                answers[1].text.hasPrefix(
                    #"{"type":"error","error":{"type":"rate_limit_error","message":"No deployments available for "#))
        }
    }

    @Test(arguments: [400, 403, 422, 429, 500, 503])
    func `other failures leave the only deployment in its place`(status: Int) async throws {
        let settings = try configuration(["one": [status]])
        try await withFake({ FakeLiteLLM(settings, environment: $0) }) { fake in
            let statuses = try await statuses(8, of: "one", fake)
            #expect(statuses == Array(repeating: status, count: 8))
        }
    }

    @Test func `a rate limit sets one of several aside for as long as the upstream says`() async throws {
        let clock = ManualClock()
        let settings = try configuration(["two": [401, 429]])
        try await withFake(clock: clock, { FakeLiteLLM(settings, environment: $0) }) { fake in
            let both = try await statuses(2, of: "two", fake)
            let none = try await call("two", fake)
            await clock.advance(by: .seconds(2.1))
            let again = try await call("two", fake)

            #expect(both.sorted() == [401, 429])
            #expect(none.text.contains("Try again in 2 seconds.") && none.headers["retry-after"] == "2")
            #expect(none.text.contains("cooldown_list=['two-401', 'two-429']"))
            #expect(again.status == 429 && again.text.contains("RateLimitError"))
        }
    }

    @Test func `five failed calls in a minute set one of several aside`() async throws {
        let clock = ManualClock()
        let settings = try configuration(["two": [500, 503]])
        try await withFake(clock: clock, { FakeLiteLLM(settings, environment: $0) }) { fake in
            let statuses = try await statuses(11, of: "two", fake)
            #expect(statuses.filter { $0 == 500 }.count == 5)
            #expect(statuses.filter { $0 == 503 }.count == 5)
            #expect(statuses.last == 429)
        }
    }

    @Test func `allowed_fails counts for several, and spares the only one`() async throws {
        let clock = ManualClock()
        let settings = try configuration(
            ["one": [401], "two": [401, 404]], router: ["allowed_fails": 1, "cooldown_time": 3.5])
        try await withFake(clock: clock, { FakeLiteLLM(settings, environment: $0) }) { fake in
            let alone = try await statuses(4, of: "one", fake)
            let several = try await statuses(4, of: "two", fake)
            let none = try await call("two", fake)

            #expect(alone == [401, 401, 401, 401])
            #expect(several.sorted() == [401, 401, 404, 404])
            #expect(none.text.contains("Try again in 3.5 seconds.") && none.headers["retry-after"] == "4")
        }
    }

    @Test func `a deployment's own cooldown_time comes first, and none is none`() async throws {
        for (seconds, second) in [(0.0, 404), (2.5, 429)] {
            let settings = try configuration(["one": [404]], parameters: ["cooldown_time": .double(seconds)])
            try await withFake({ FakeLiteLLM(settings, environment: $0) }) { fake in
                let statuses = try await statuses(2, of: "one", fake)
                #expect(statuses == [404, second])
            }
        }
    }

    @Test func `a refused credential is tried elsewhere at once, a missing model is not`() async throws {
        let settings = try configuration(["credential": [401, 200], "model": [404, 200]])
        try await withFake({ FakeLiteLLM(settings, environment: $0) }) { fake in
            var credential: Set<Int> = []
            var model: [Int] = []
            for _ in 0..<8 {
                credential.insert(try await call("credential", retries: 2, fake).status)
                model.append(try await call("model", retries: 2, fake).status)
            }
            #expect(credential == [200])
            #expect(model.filter { $0 == 404 }.count == 1)
        }
    }
}
