import Fakes
import LiteLLMFake
import Testing
import UnderstudyTestKit

@Suite struct MalformedRequestsTests {
    @Test func `ten thousand malformed requests later the proxy still answers`() async throws {
        try await withFake({ FakeLiteLLM(environment: $0) }) { fake in
            let traffic = MalformedTraffic(
                seed: 6,
                paths: [
                    "/v1/chat/completions", "/v1/completions", "/v1/embeddings", "/v1/responses", "/v1/messages",
                    "/v1/audio/transcriptions", "/v1/files", "/v1/models", "/health", "/key/generate",
                ])

            let outcome = await traffic.send(count: 10_000, to: fake.addresses[0])
            let answer = try await RawSocket.request(
                "POST", fake.url + "/v1/chat/completions",
                body: #"{"model":"gpt-4o-mini","mock_response":"still here","messages":[]}"#)

            #expect(outcome.hanging == 0)
            #expect(outcome.answered > 5_000)
            #expect(answer.status == 200)
            #expect(answer.text.contains("still here"))
        }
    }
}
