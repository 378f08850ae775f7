import Fakes
import JSONTree
import LiteLLMFake
import SocketServer
import Testing
import UnderstudyTestKit

/// Numbers at the ends of their ranges, and schemas without end: a client gets an answer, and so does the next one.
@Suite(.timeLimit(.minutes(2))) struct ExtremeValuesTests {
    struct Probe: Sendable, CustomTestStringConvertible {
        var path: String
        var body: String?
        var header: (name: String, value: String) = ("accept", "*/*")
        var status = 200

        var testDescription: String { "\(path) \(header.value) \((body ?? "").prefix(120))" }
    }

    private static let most = "9223372036854775807"
    private static let least = "-9223372036854775808"

    private static func chat(
        _ rest: String, model: String = "gpt-4o", header: (String, String) = ("accept", "*/*"), status: Int = 200
    ) -> Probe {
        Probe(
            path: "/v1/chat/completions",
            body: #"{"model":"\#(model)","messages":[{"role":"user","content":"Hi"}],\#(rest)}"#, header: header,
            status: status)
    }

    private static func schema(_ schema: String) -> Probe {
        chat(#""response_format":{"type":"json_schema","json_schema":{"name":"x","schema":\#(schema)}}"#)
    }

    /// An object of ten objects like itself.
    private static let selfish =
        #"{"type":"object","properties":{"#
        + (0..<10).map { ##""p\##($0)":{"$ref":"#"}"## }.joined(separator: ",") + "}}"

    static let schemas: [Probe] =
        [
            #"{"type":"string","maxLength":-1}"#, #"{"type":"string","minLength":100000}"#,
            #"{"type":"string","minLength":\#(most),"maxLength":\#(most)}"#,
            #"{"type":"integer","exclusiveMinimum":\#(most)}"#, #"{"type":"integer","minimum":\#(most)}"#,
            #"{"type":"integer","exclusiveMaximum":\#(least)}"#,
            #"{"type":"integer","minimum":\#(least),"maximum":\#(most)}"#,
            #"{"type":"integer","minimum":\#(least),"maximum":\#(most),"multipleOf":\#(most)}"#,
            #"{"type":"integer","minimum":5,"maximum":\#(least)}"#,
            #"{"type":"number","minimum":-1e308,"maximum":1e308}"#, #"{"type":"number","minimum":1e999}"#,
            #"{"type":"array","minItems":\#(most),"items":{"type":"integer"}}"#,
            #"{"type":"array","minItems":\#(least)}"#,
            ##"{"type":"array","minItems":16,"items":{"$ref":"#"}}"##,
            selfish,
        ].map { schema($0) }

    static let counts: [Probe] =
        [most, "10000000", "129", "99999999999999999999999"].flatMap { number in
            [
                chat(#""n":\#(number)"#, status: 400), chat(#""n":\#(number),"stream":true"#, status: 400),
                chat(#""n":\#(number),"mock_response":"a""#),
                chat(#""n":\#(number),"mock_response":"a","stream":true,"stream_options":{"include_usage":true}"#),
                chat(#""n":\#(number),"mock_response":"a""#, model: "gpt-4o,gpt-4o-mini"),
                Probe(
                    path: "/v1/completions", body: #"{"model":"gpt-4o","prompt":["a","b"],"n":\#(number)}"#,
                    status: 400),
                Probe(
                    path: "/v1/completions",
                    body: #"{"model":"gpt-4o","prompt":["a","b"],"n":\#(number),"mock_response":"a"}"#),
                Probe(
                    path: "/queue/chat/completions",
                    body: #"{"model":"gpt-4o","messages":[],"priority":1,"n":\#(number),"mock_response":"a"}"#),
            ]
        } + [
            chat(#""n":-1,"mock_response":"a""#, model: "gpt-4o,gpt-4o-mini"),
            chat(#""n":\#(least),"mock_response":"a""#), chat(#""n":\#(least)"#),
            chat(#""n":128"#), chat(#""max_tokens":\#(least),"top_logprobs":\#(most),"logprobs":true"#),
            chat(#""timeout":1e300"#), chat(#""timeout":1e999"#), chat(#""timeout":"nan""#),
            Probe(
                path: "/v1/images/generations",
                body: #"{"model":"dall-e-3","prompt":"a","n":\#(least),"size":"\#(most)x\#(most)"}"#),
            Probe(
                path: "/v1/embeddings",
                body: #"{"model":"text-embedding-3-small","input":"a","dimensions":\#(most)}"#),
        ]

    static let durations: [Probe] =
        ["1e30d", "nand", "infs", "-infs", "-1e30d", "999999999999w"].map {
            Probe(path: "/key/generate", body: #"{"duration":"\#($0)"}"#, status: 400)
        } + [
            Probe(path: "/key/generate", body: #"{"duration":"30d","max_budget":1e308,"tpm_limit":\#(least)}"#),
            Probe(path: "/v2/model/info?size=\(most)&page=\(most)"), Probe(path: "/v2/model/info?size=\(most)&page=1"),
            Probe(path: "/v2/model/info?size=\(least)&page=\(least)"),
            Probe(path: "/v2/model/info?size=1&page=\(most)"),
        ]

    @Test(arguments: schemas + counts + durations)
    func `an extreme value is answered, and so is the next call`(probe: Probe) async throws {
        var desk = LiteLLMConfiguration.desk
        desk.allowsClientMockResponse = true
        desk.keys = []
        desk.proxy.masterKey = "sk-master"
        let configuration = desk
        try await withFake(id: "litellm", { FakeLiteLLM(configuration, environment: $0) }) { fake in
            func send(_ probe: Probe) async throws -> RawResponse {
                var headers: HeaderFields = [
                    "content-type": "application/json", "authorization": "Bearer sk-master", "connection": "close",
                ]
                headers.append(probe.header.name, probe.header.value)
                return try await RawSocket.request(
                    probe.body == nil ? "GET" : "POST", fake.url + probe.path, headers: headers, body: probe.body)
            }
            let answer = try await send(probe)
            let next = try await send(Self.chat(#""mock_response":"still here""#))

            #expect(answer.status == probe.status, "\(answer.text.prefix(400))")
            #expect(answer.body.count < 1_000_000)
            #expect(next.status == 200)
            #expect(next.text.contains("still here"))
        }
    }

    @Test(arguments: ["nan", "-nan", "inf", "1e300", "-1e300", "-inf"])
    func `a mock that times out bears any timeout`(value: String) async throws {
        var desk = LiteLLMConfiguration.desk
        desk.proxy.requestTimeout = 0.01
        desk.proxy.retries = 0
        desk.proxy.models.append(
            ProxyConfiguration.Model(
                name: "late",
                parameters: [
                    "model": "openai/late", "api_key": "sk-none", "mock_response": "a", "mock_timeout": true,
                ]))
        let configuration = desk
        try await withFake(id: "litellm", speed: 1e6, { FakeLiteLLM(configuration, environment: $0) }) { fake in
            for name in ["x-litellm-timeout", "x-litellm-stream-timeout"] {
                let late = try await RawSocket.request(
                    "POST", fake.url + "/v1/chat/completions",
                    headers: ["content-type": "application/json", name: value],
                    body: #"{"model":"late","messages":[{"role":"user","content":"Hi"}]}"#)
                let next = try await RawSocket.request(
                    "POST", fake.url + "/v1/chat/completions", headers: ["content-type": "application/json"],
                    body: #"{"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}]}"#)

                #expect(late.status == 408)
                #expect(next.status == 200)
            }
        }
    }

    @Test func `too many choices are refused in the provider's words`() async throws {
        try await withFake(id: "litellm", { FakeLiteLLM(environment: $0) }) { fake in
            let answer = try await RawSocket.request(
                "POST", fake.url + "/v1/chat/completions", headers: ["content-type": "application/json"],
                body: #"{"model":"gpt-4o","n":129,"messages":[{"role":"user","content":"Hi"}]}"#)

            #expect(answer.status == 400)
            #expect(
                try JSON(parsing: answer.body)[pointer: "/error/message"]?.string
                    == "litellm.BadRequestError: OpenAIException - Invalid value for 'n': expected a value <= 128, but "
                    + "got 129 instead.\n\nLiteLLM: model group 'gpt-4o' failed with the error above. No fallback was "
                    + "attempted.")
        }
    }
}
