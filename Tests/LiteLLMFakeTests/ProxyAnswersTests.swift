import Fakes
import JSONTree
import LiteLLMFake
import SocketServer
import Testing
import UnderstudyTestKit

/// What any client meets first, byte for byte (protocol sections 1 to 9 of LiteLLM proxy 1.109.1).
@Suite struct ProxyAnswersTests {
    private func post(_ path: String, _ body: String, to fake: StagedFake) async throws -> RawResponse {
        try await RawSocket.request(
            "POST", fake.url + path, headers: ["content-type": "application/json"], body: body)
    }

    private func withProxy<Result>(_ body: (StagedFake) async throws -> Result) async throws -> Result {
        try await withFake(id: "litellm", { FakeLiteLLM(environment: $0) }, body)
    }

    @Test func `a mock answer has the real one's keys in the real one's order`() async throws {
        try await withProxy { fake in
            let answer = try await post(
                "/v1/chat/completions", #"{"model":"gpt-4o-mini","mock_response":"Hello!","messages":[]}"#, to: fake)
            let body = try JSON(parsing: answer.body)

            #expect(body.object?.keys.map { $0 } == ["id", "created", "model", "object", "choices", "usage"])
            #expect(
                body[pointer: "/choices/0"]?.text()
                    == #"{"finish_reason":"stop","index":0,"message":{"content":"Hello!","role":"assistant"}}"#)
            #expect(body["usage"]?.text() == #"{"completion_tokens":20,"prompt_tokens":10,"total_tokens":30}"#)
            #expect(answer.headers.map(\.name).prefix(3) == ["date", "content-length", "content-type"])
            #expect(
                answer.headers.map(\.name).suffix(4) == [
                    "vary", "x-frame-options", "content-security-policy", "x-content-type-options",
                ])
            #expect(answer.headers["x-litellm-version"] == "1.109.1")
            #expect(!answer.headers.contains("server"))
        }
    }

    @Test func `a mock stream comes in pieces of three characters and ends with DONE`() async throws {
        try await withProxy { fake in
            let answer = try await post(
                "/v1/chat/completions",
                #"{"model":"gpt-4o-mini","mock_response":"Hello!!","stream":true,"messages":[]}"#, to: fake)
            let events = answer.text.split(separator: "\n\n").map { $0.dropFirst("data: ".count) }
            let deltas = try events.dropLast().map { try JSON(parsing: String($0))[pointer: "/choices/0"]?.text() }

            #expect(answer.headers["content-type"] == "text/event-stream; charset=utf-8")
            #expect(
                deltas == [
                    #"{"index":0,"delta":{"role":"assistant","content":"Hel"}}"#,
                    #"{"index":0,"delta":{"content":"lo!"}}"#,
                    #"{"index":0,"delta":{"content":"!"}}"#, #"{"index":0,"delta":{},"finish_reason":"stop"}"#,
                ])
            #expect(events.last == "[DONE]")
            #expect(answer.isComplete)
        }
    }

    @Test(arguments: [
        (
            "/v1/chat/completions", "{bad",
            #"{"error":{"message":"Invalid JSON payload: unexpected character, expected a string key: line 1 column 2 (char 1)","type":"invalid_request_error","param":"request_body","code":"400"}}"#
        ),
        (
            "/v1/chat/completions", "[1]",
            #"{"error":{"message":"Invalid JSON payload: expected an object","type":"invalid_request_error","param":"request_body","code":"400"}}"#
        ),
        (
            "/v1/chat/completions", "",
            #"{"error":{"message":"/chat/completions: Missing required parameter: 'messages'.","type":"invalid_request_error","param":"messages","code":"400"}}"#
        ),
        (
            "/v1/completions", #"{"model":"nope","prompt":"x"}"#,
            #"{"error":{"message":"400: {'error': '/completions: Invalid model name passed in model=nope. Call `/v1/models` to view available models for your key.'}","type":"invalid_request_error","param":null,"code":"400"}}"#
        ),
        (
            "/v1/embeddings", #"{"model":"text-embedding-3-small"}"#,
            #"{"error":{"message":"/embeddings: Missing required parameter: 'input'.","type":"invalid_request_error","param":"input","code":"400"}}"#
        ),
    ])
    func `a wrong request gets the real error, letter by letter`(path: String, body: String, error: String)
        async throws
    {
        try await withProxy { fake in
            let answer = try await post(path, body, to: fake)

            #expect(answer.status == 400)
            #expect(answer.text == error)
        }
    }

    @Test func `text completions take a prompt, and messages as the story's client sends them`() async throws {
        try await withProxy { fake in
            for field in [#""prompt":"Once""#, #""messages":[{"role":"user","content":"Once"}]"#] {
                let answer = try await post(
                    "/v1/completions", #"{"model":"gpt-4o-mini","mock_response":"upon",\#(field)}"#, to: fake)
                let body = try JSON(parsing: answer.body)

                #expect(body["object"] == "text_completion")
                #expect(
                    body[pointer: "/choices/0"]?.text()
                        == #"{"finish_reason":"stop","index":0,"text":"upon","logprobs":null}"#)
            }
        }
    }

    @Test func `the same question has the same answer, another one another`() async throws {
        func ask(_ content: String) async throws -> String? {
            try await withProxy { fake in
                let answer = try await post(
                    "/v1/chat/completions",
                    #"{"model":"gpt-4o","messages":[{"role":"user","content":"\#(content)"}]}"#, to: fake)
                return try JSON(parsing: answer.body)[pointer: "/choices/0/message/content"]?.string
            }
        }
        let first = try await ask("Who are you?")

        #expect(first?.isEmpty == false)
        #expect(try await ask("Who are you?") == first)
        #expect(try await ask("Who am I?") != first)
    }

    @Test func `paths and methods are refused as the framework does`() async throws {
        try await withProxy { fake in
            let missing = try await RawSocket.get(fake.url + "/nothing")
            let wrong = try await RawSocket.get(fake.url + "/v1/chat/completions")
            let alive = try await RawSocket.get(fake.url + "/health/liveliness")

            #expect(missing.status == 404 && missing.text == #"{"detail":"Not Found"}"#)
            #expect(wrong.status == 405 && wrong.headers["allow"] == "POST")
            #expect(alive.text == #""I'm alive!""#)
        }
    }

    @Test(arguments: [
        ("", 422, #"{"detail":[{"type":"missing","loc":["body"],"msg":"Field required"}]}"#),
        ("{nope", 422, #"{"detail":[{"type":"json_invalid","loc":["body",1],"msg":"JSON decode error"}]}"#),
        (
            "[]", 400,
            #"{"error":{"message":"Invalid JSON payload: expected an object","type":"invalid_request_error","param":"request_body","code":"400"}}"#
        ),
        ("{}", 422, #"{"detail":[{"type":"missing","loc":["body","user_ids"],"msg":"Field required"}]}"#),
        (#"{"user_ids":["a"]}"#, 500, #"{"detail":{"error":"No db connected"}}"#),
    ])
    func `a management route judges its body before it misses its database`(body: String, status: Int, text: String)
        async throws
    {
        try await withProxy { fake in
            let answer = try await post("/user/delete", body, to: fake)

            #expect(answer.status == status)
            #expect(answer.text == text)
        }
    }

    @Test func `a master key is asked for, in the real words`() async throws {
        var proxy = LiteLLMConfiguration.desk
        proxy.proxy.masterKey = "sk-secret-master-key"
        let locked = proxy
        try await withFake(id: "litellm", { FakeLiteLLM(locked, environment: $0) }) { fake in
            let none = try await RawSocket.get(fake.url + "/v1/models")
            let wrong = try await RawSocket.get(fake.url + "/v1/models", headers: ["Authorization": "Bearer sk-wrong"])
            let right = try await RawSocket.get(
                fake.url + "/v1/models", headers: ["Authorization": "Bearer sk-secret-master-key"])

            #expect(none.status == 401)
            #expect(
                none.text
                    == #"{"error":{"message":"Authentication Error, No api key passed in.","type":"auth_error","param":null,"code":"401"}}"#
            )
            #expect(wrong.status == 400 && wrong.text.contains("No connected db."))
            #expect(right.status == 200)
        }
    }
}
