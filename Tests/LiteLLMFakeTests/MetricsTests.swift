import Fakes
import JSONTree
import LiteLLMFake
import SocketServer
import Testing
import UnderstudyTestKit

/// `/metrics` and the pages for people (protocol sections 5 and 7.2).
@Suite struct MetricsTests {
    private func withProxy<Result>(callbacks: [String], _ body: (StagedFake) async throws -> Result) async throws
        -> Result
    {
        var settings = LiteLLMConfiguration.desk
        settings.proxy.callbacks = callbacks
        let configuration = settings
        return try await withFake({ FakeLiteLLM(configuration, environment: $0) }, body)
    }

    @Test func `metrics count the calls of each deployment, by how they ended`() async throws {
        try await withProxy(callbacks: ["prometheus"]) { fake in
            for text in ["Hello", "Hello again"] {
                _ = try await RawSocket.request(
                    "POST", fake.url + "/v1/chat/completions",
                    headers: ["content-type": "application/json", "user-agent": "a \"browser\""],
                    body: #"{"model":"gpt-4o","messages":[{"role":"user","content":"\#(text)"}]}"#)
            }
            let answer = try await RawSocket.get(fake.url + "/metrics/")
            let lines = answer.text.split(separator: "\n")
            let total = lines.filter { $0.hasPrefix("litellm_proxy_total_requests_metric_total{") }

            #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(answer.headers["transfer-encoding"] == "chunked")
            #expect(lines.first == "# HELP python_gc_objects_collected_total Objects collected during gc")
            #expect(total.count == 1)
            #expect(total[0].contains(#"requested_model="gpt-4o",route="/v1/chat/completions",status_code="200""#))
            #expect(total[0].contains(#"user_agent="a \"browser\"""#) && total[0].hasSuffix("} 2.0"))
            #expect(lines.contains { $0.hasPrefix("litellm_deployment_success_responses_total{") })
            #expect(!lines.contains { $0.hasPrefix("litellm_deployment_failure_responses_total{") })
        }
    }

    @Test func `every family is announced once, and every line is a comment or a sample`() async throws {
        try await withProxy(callbacks: ["prometheus"]) { fake in
            let answer = try await RawSocket.get(fake.url + "/metrics/")
            let lines = answer.text.split(separator: "\n")
            let families = lines.filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ")[2] }

            #expect(families.count == 94)
            #expect(Set(families).count == families.count)
            for line in lines where !line.hasPrefix("#") {
                #expect(line.split(separator: " ").last.flatMap { Double($0) } != nil, "\(line)")
            }
        }
    }

    @Test func `without the callback there are no metrics`() async throws {
        try await withProxy(callbacks: []) { fake in
            let answer = try await RawSocket.get(fake.url + "/metrics")
            #expect(answer.status == 404)
        }
    }

    @Test func `pages begin as the real ones do, and docs is none`() async throws {
        try await withProxy(callbacks: []) { fake in
            let root = try await RawSocket.get(fake.url + "/")
            let board = try await RawSocket.get(fake.url + "/ui/")
            let docs = try await RawSocket.get(fake.url + "/docs")

            #expect(root.text.hasPrefix("\n    <!DOCTYPE html>\n    <html>\n    <head>\n    <meta name=\"viewport\""))
            #expect(root.text.contains("<title>LiteLLM API - Swagger UI</title>"))
            #expect(board.text.hasPrefix(#"<!DOCTYPE html><html lang="en"><head><meta charSet="utf-8"/>"#))
            #expect(docs.status == 404)
        }
    }
}
