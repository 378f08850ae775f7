import LiteLLMFake
import Testing

@testable import Connectivity

/// The client of LiteLLM against the fake proxy: the story's HTTP client.
@Suite(.timeLimit(.minutes(1))) struct HTTPClientTests {
    private static let greeting = ChatRequest(model: "gpt-4o", messages: [.user("Good evening")])

    private func client(
        _ understudy: Understudy, tries: Int = 3, limits: TransferLimits = TransferLimits()
    ) throws -> LiteLLMClient {
        try LiteLLMClient(
            url: understudy.url, limits: limits, retry: RetryPolicy(tries: tries, first: .milliseconds(5)))
    }

    @Test func `chat completion: success`() async throws {
        try await Understudy.liteLLM { understudy in
            let answer = try await client(understudy).chat(Self.greeting)

            #expect(!answer.text.isEmpty)
            #expect(answer.choices[0].finishReason == "stop")
            #expect(answer.usage?.total ?? 0 > 0)
        }
    }

    @Test func `text completion: success`() async throws {
        try await Understudy.liteLLM { understudy in
            let answer = try await client(understudy)
                .complete(CompletionRequest(model: "gpt-3.5-turbo-instruct", prompt: "Once upon a time"))

            #expect(!answer.text.isEmpty)
            #expect(answer.choices[0].finishReason == "stop")
        }
    }

    @Test func `embeddings come in the order of their texts`() async throws {
        try await Understudy.liteLLM { understudy in
            let embeddings = try await client(understudy)
                .embeddings(of: ["a cat", "a film"], model: "text-embedding-3-small")

            #expect(embeddings.map(\.index) == [0, 1])
            #expect(embeddings.allSatisfy { $0.vector.count == 1536 })
            #expect(embeddings[0].vector != embeddings[1].vector)
        }
    }

    @Test func `models are listed by name`() async throws {
        try await Understudy.liteLLM { understudy in
            let models = try await client(understudy).models()

            #expect(models.contains("gpt-4o"))
        }
    }

    @Test func `streaming: the pieces are the whole answer`() async throws {
        try await Understudy.liteLLM { understudy in
            let client = try client(understudy)
            let whole = try await client.chat(Self.greeting).text
            var pieces: [CompletionChunk] = []
            for try await chunk in try await client.stream(Self.greeting) { pieces.append(chunk) }

            #expect(pieces.count > 2)
            #expect(pieces.map(\.text).joined() == whole)
            #expect(pieces.last?.finishReason == "stop")
        }
    }

    @Test func `streaming of a text completion ends with its terminator`() async throws {
        try await Understudy.liteLLM { understudy in
            let text = try await client(understudy)
                .stream(CompletionRequest(model: "gpt-3.5-turbo-instruct", prompt: "Once upon a time")).text()

            #expect(!text.isEmpty)
        }
    }

    @Test func `a stream without its terminator fails, and is not asked for again`() async throws {
        try await Understudy.liteLLM { understudy in
            try await understudy.play("litellm sends done: skip")
            let stream = try await client(understudy).stream(Self.greeting)
            let failure = await failure { _ = try await stream.text() }

            #expect(failure?.code == .truncated)
            #expect(understudy.requests("POST", "/v1/chat/completions") == 1)
        }
    }

    @Test func `an error event in a stream is a typed error`() async throws {
        try await Understudy.liteLLM { understudy in
            try await understudy.play("litellm POST /v1/chat/completions: error mid_stream_error")
            let stream = try await client(understudy).stream(Self.greeting)
            var text = ""
            let failure = await failure { for try await chunk in stream { text += chunk.text } }

            #expect(failure?.code == .serverError)
            #expect(failure?.status == 500)
            #expect(!text.isEmpty)
        }
    }

    @Test func `a rate limit is waited for as long as the proxy asks`() async throws {
        try await Understudy.liteLLM { understudy in
            try await understudy.play(
                "litellm POST /v1/chat/completions: error rate_limit retry_after 1s, first 1")
            let time = NotedTime()
            let client = try LiteLLMClient(url: understudy.url, time: time)
            _ = try await client.chat(Self.greeting)

            #expect(time.waits == [.seconds(1)])
            #expect(understudy.requests("POST", "/v1/chat/completions") == 2)
        }
    }

    @Test func `three tries at doubling waits, and then the last failure`() async throws {
        try await Understudy.liteLLM { understudy in
            try await understudy.play("litellm POST /v1/chat/completions: error upstream_error")
            let time = NotedTime()
            let client = try LiteLLMClient(
                url: understudy.url, retry: RetryPolicy(jitter: 0.5), time: time, luck: { 0.5 })
            let failure = await failure { _ = try await client.chat(Self.greeting) }

            #expect(failure?.code == .serverError)
            #expect(failure?.status == 500)
            #expect(time.waits == [.milliseconds(1250), .milliseconds(2500)])
            #expect(understudy.requests("POST", "/v1/chat/completions") == 3)
        }
    }

    @Test(arguments: [
        ("bad_request", ConnectivityError.Code.rejected, 400), ("authentication", .unauthorized, 401),
        ("permission", .unauthorized, 403), ("upstream_timeout", .rejected, 408), ("budget", .rejected, 422),
    ])
    func `what the proxy refuses is not asked for again`(
        error: String, code: ConnectivityError.Code, status: Int
    ) async throws {
        try await Understudy.liteLLM { understudy in
            try await understudy.play("litellm POST /v1/chat/completions: error \(error)")
            let failure = await failure { _ = try await client(understudy).chat(Self.greeting) }

            #expect(failure?.code == code)
            #expect(failure?.status == status)
            #expect(failure?.canRetry == false)
            #expect(understudy.requests("POST", "/v1/chat/completions") == 1)
        }
    }

    @Test func `a wrong key is told apart from a wrong request, without a database too`() async throws {
        var configuration = LiteLLMConfiguration.desk
        configuration.proxy.masterKey = "sk-master"
        let locked = configuration
        try await Understudy.with("litellm", { FakeLiteLLM(locked, environment: $0) }) { understudy in
            let wrong = try LiteLLMClient(url: understudy.url, key: "sk-wrong")
            let right = try LiteLLMClient(url: understudy.url, key: "sk-master")

            let failure = await failure { _ = try await wrong.models() }

            #expect(failure?.code == .unauthorized)
            #expect(failure?.status == 400)
            #expect(try await right.models().isEmpty == false)
        }
    }

    @Test func `deadlines name their phase`() async throws {
        try await Understudy.liteLLM { understudy in
            try await understudy.play("litellm POST /v1/chat/completions: drop hang")
            let short = TransferLimits(read: .milliseconds(60))
            let read = await failure { _ = try await client(understudy, tries: 1, limits: short).chat(Self.greeting) }
            let hasty = TransferLimits(total: .milliseconds(60))
            let total = await failure { _ = try await client(understudy, limits: hasty).chat(Self.greeting) }

            #expect(read?.code == .timeout)
            #expect(read?.phase == .read)
            #expect(total?.code == .timeout)
            #expect(total?.phase == .total)
        }
    }

    @Test func `a cancelled call ends at once`() async throws {
        try await Understudy.liteLLM { understudy in
            try await understudy.play("litellm POST /v1/chat/completions: drop hang")
            let client = try client(understudy)
            let task = Task { try await client.chat(Self.greeting) }
            await understudy.effect()
            task.cancel()
            let failure = await failure { _ = try await task.value }

            #expect(failure?.code == .cancelled)
        }
    }

    @Test func `an open circuit answers at once, and nothing is sent`() async throws {
        try await Understudy.liteLLM { understudy in
            try await understudy.play("litellm POST /v1/chat/completions: error upstream_error")
            let circuit = Circuit(service: .litellm, breaker: CircuitBreaker(threshold: 2))
            let client = try LiteLLMClient(
                url: understudy.url, retry: RetryPolicy(tries: 1), circuit: circuit)
            var codes: [ConnectivityError.Code?] = []
            for _ in 0..<3 { codes.append(await failure { _ = try await client.chat(Self.greeting) }?.code) }

            #expect(codes == [.serverError, .serverError, .circuitOpen])
            #expect(understudy.requests("POST", "/v1/chat/completions") == 2)
        }
    }
}
