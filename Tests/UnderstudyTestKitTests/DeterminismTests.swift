import Journal
import Scenarios
import SocketServer
import Testing
import UnderstudyTestKit

/// The same seed and the same requests: the same faults, delays, ids and bytes, whatever the concurrency.
@Suite(.timeLimit(.minutes(2))) struct DeterminismTests {
    /// Every request is late, many are refused, spoilt or cut off.
    private static func rules(on path: String, error: String) -> String {
        """
        version: 1
        scenario: mix
        rules:
          - on: any POST \(path)
            delay: { lognormal: { median: 400ms, p99: 20s } }
          - on: any POST \(path)
            when: { probability: 0.3 }
            error: \(error)
          - on: any POST \(path)
            when: { probability: 0.1 }
            corrupt: { garbage: 20 }
          - on: any POST \(path)
            when: { probability: 0.1 }
            drop: { how: close, after_bytes: 30 }
          - on: any POST \(path)
            when: { probability: 0.2 }
            delay: { between_tokens: { exponential: { mean: 100ms } } }
        """
    }

    /// A request of one of ten clients, every third one the same as another.
    struct Load: Sendable, CustomTestStringConvertible {
        let role: FakeRole
        let path: String
        let body: @Sendable (_ number: Int) -> String
        var testDescription: String { role.id }
    }

    static let loads: [Load] = [
        Load(
            role: .liteLLM(scenario: rules(on: "/v1/chat/completions", error: "rate_limit")),
            path: "/v1/chat/completions",
            body: { number in
                #"{"model":"gpt-4o","messages":[{"role":"user","content":"\#(number / 30)"}],"#
                    + #""stream":\#(number.isMultiple(of: 2)),"num_retries":0}"#
            }),
        Load(
            role: .comfyUI(scenario: rules(on: "/prompt", error: "validation")), path: "/prompt",
            body: { number in
                #"{"client_id":"\#(number % 10)","number":0,"prompt":{"1":{"class_type":"EmptyLatentImage","#
                    + #""inputs":{"width":64,"height":64,"batch_size":\#(number / 30 + 1)}}}}"#
            }),
        Load(
            role: .gradio(app: "echo", scenario: rules(on: "/gradio_api/queue/join", error: "queue_full")),
            path: "/gradio_api/queue/join",
            body: { number in
                #"{"data":["\#(number / 30)"],"fn_index":0,"session_hash":"\#(number % 10)"}"#
            }),
    ]

    /// 200 requests at once, in an order of their own each time; what became of each, told by the journal, and the
    /// bytes that came.
    private func run(_ load: Load, seed: UInt64) async throws -> (told: [String], bytes: [String]) {
        let clock = ManualClock()
        return try await withFake(load.role, seed: seed, clock: clock) { fake in
            let bytes = try await withThrowingTaskGroup(of: String?.self) { group in
                for number in (0..<200).shuffled() {
                    group.addTask {
                        let socket = try await RawSocket(url: fake.url)
                        let body = load.body(number)
                        try await socket.send(
                            "POST \(load.path) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sk-\(number % 10)\r\n"
                                + "Content-Type: application/json\r\nConnection: close\r\n"
                                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
                        let (bytes, _) = try await socket.read()
                        // The date of the head is that of the world.
                        let text = String(decoding: bytes, as: UTF8.self).replacing(/(?i)date: [^\r]*GMT/, with: "")
                        return "\(number % 10) \(body) \(text)"
                    }
                }
                // One of them, so that a request that fails ends the wait for it.
                group.addTask {
                    try await clock.waitForTimers(200)
                    await clock.advance(by: .seconds(3600))
                    return nil
                }
                return try await group.reduce(into: [String]()) { if let text = $1 { $0.append(text) } }
            }
            let exchanges = try fake.journal.exchanges().map { record in
                // How soon a client leaves whose connection has been cut is the client's affair.
                let isCut = if case .brokenOff = record.outcome { true } else { false }
                return "\(record.client) \(String(decoding: record.requestBody, as: UTF8.self)) \(record.status) "
                    + "\(record.rules) \(record.nativeError ?? "") \(record.outcome) "
                    + (isCut ? "" : "\(record.ended - record.began)")
            }
            let effects = try fake.journal.effects().map { "\($0.client) \($0.rule) \($0.effect) \($0.detail)" }
            return ((exchanges + effects).sorted(), bytes.sorted())
        }
    }

    @Test(arguments: loads)
    func `two hundred requests at once meet the same faults again, and others with another seed`(
        load: Load
    ) async throws {
        let one = try await run(load, seed: 7)
        let again = try await run(load, seed: 7)
        let other = try await run(load, seed: 8)

        #expect(one.told == again.told)
        #expect(one.bytes == again.bytes)
        #expect(one.told != other.told)
        #expect(one.bytes != other.bytes)
        let refused = one.told.count { $0.contains("error ") && !$0.contains("{") }
        #expect(refused > 20, "of the rules each acts on some")
    }
}
