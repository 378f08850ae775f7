import Fakes
import GradioFake
import SocketServer
import Testing
import UnderstudyTestKit

@Suite struct MalformedRequestsTests {
    @Test func `ten thousand malformed requests later an app still does its job`() async throws {
        let app = try AppDefinition.bundled("echo")
        try await withFake({ FakeGradio($0, configuration: GradioConfiguration(app: app)) }) { fake in
            let traffic = MalformedTraffic(
                seed: 5,
                paths: [
                    "/gradio_api/queue/join", "/gradio_api/upload", "/gradio_api/call/echo", "/gradio_api/run/echo",
                    "/config", "/gradio_api/file=x", "/gradio_api/cancel", "/login",
                ])

            let outcome = await traffic.send(count: 10_000, to: fake.addresses[0])
            let answer = try await RawSocket.request(
                "POST", fake.url + "/gradio_api/run/echo", headers: ["content-type": "application/json"],
                body: #"{"data":["still here"]}"#)

            #expect(outcome.hanging == 0)
            #expect(outcome.answered > 5_000)
            #expect(answer.status == 200)
            #expect(answer.text.contains("still here"))
        }
    }
}
