import Testing

@testable import Connectivity

struct EndpointTests {
    @Test(arguments: [
        ("ws://localhost:8188", "ws://localhost:8188"),
        ("http://GPU.example", "http://gpu.example:80"),
        ("https://gpu.example/comfy/", "https://gpu.example:443/comfy"),
        ("wss://[::1]:9/a/b", "wss://[::1]:9/a/b"),
        ("http://[fe80::1]", "http://[fe80::1]:80"),
    ])
    func `a URL is read`(text: String, written: String) {
        #expect(Endpoint(text)?.description == written)
    }

    @Test(arguments: [
        "localhost:8188", "ftp://localhost", "http://", "http://:80", "http://a:0", "http://a:65536", "http://a:b",
        "http://user@a", "http://a/?q", "http://a/#f", "http://[::1", "http://[a]", "http://[::1]x", "http://a b",
    ])
    func `what is no endpoint is refused`(text: String) {
        #expect(Endpoint(text) == nil)
    }

    @Test func `an endpoint is spoken to in HTTP and over a WebSocket`() {
        #expect(Endpoint("wss://a:1/b")?.http.description == "https://a:1/b")
        #expect(Endpoint("http://a:1/b")?.webSocket.description == "ws://a:1/b")
    }

    @Test func `the table has the five services`() {
        #expect(Service.all.map(\.name) == [.comfyui, .wan2gp, .litellm, .rvc, .audioldm])
        #expect(Service.comfyui.endpoint.description == "ws://localhost:8188")
        #expect(Service.all.filter(\.isCritical).map(\.name) == [.comfyui, .litellm])
        #expect(Service.litellm.pool.maximum == 20)
        #expect(Service.litellm.pool.minimum == 5)
        #expect(Service.wan2gp.health.interval == .seconds(60))
    }

    @Test func `an error names service, address, phase and what to do`() {
        let error = ConnectivityError(
            code: .timeout, phase: .head, service: "comfyui", endpoint: "http://localhost:8188",
            message: "expected an answer, none came", retryAfter: .seconds(2), canRetry: true)

        #expect(
            error.description == """
                comfyui at http://localhost:8188: timeout (head): expected an answer, none came; wait 2.0 seconds. \
                See whether the service is overloaded or hangs, or allow it more time.
                """)
    }
}
