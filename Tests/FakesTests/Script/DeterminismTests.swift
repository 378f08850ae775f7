import Fakes
import Journal
import Scenarios
import SocketServer
import Testing
import UnderstudyTestKit

/// The same seed and the same requests, the same faults: whatever the concurrency.
@Suite struct DeterminismTests {
    private static let rules: [Rule] = {
        var refusal = Rule.on("/hello", when: Trigger(probability: 0.3), .respond(Response(status: 503)))
        refusal.name = "refusal"
        var delay = Rule.on(
            "/hello", when: Trigger(probability: 0.5),
            .delay(.head, .lognormal(median: .milliseconds(2), p99: .milliseconds(20))))
        delay.name = "delay"
        var garbage = Rule.on("/hello", when: Trigger(probability: 0.1), .corrupt(Corruption(.garbage, amount: 20)))
        garbage.name = "garbage"
        return [refusal, delay, garbage]
    }()

    /// 200 requests of ten clients, all at once; what became of each, told by the journal, and the bytes that came.
    private func load(seed: UInt64) async throws -> (told: [String], bytes: [String]) {
        let role = FakeRole(id: "small", scenario: Scenario(name: "load", rules: Self.rules)) { SmallFake($0) }
        return try await withFake(role, seed: seed) { fake in
            let bytes = try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let socket = try await RawSocket(url: fake.url)
                        try await socket.send(
                            "GET /hello?number=\(number) HTTP/1.1\r\nHost: x\r\nX-Client: \(number % 10)\r\n"
                                + "Connection: close\r\n\r\n")
                        let (bytes, _) = try await socket.read()
                        return "\(number) \(String(decoding: bytes, as: UTF8.self))"
                    }
                }
                return try await group.reduce(into: [String]()) { $0.append($1) }
            }
            let told = try fake.journal.exchanges().map { "\($0.target) \($0.client) \($0.status) \($0.rules)" }
            return (told.sorted(), bytes.sorted())
        }
    }

    @Test func `two hundred requests at once meet the same faults again, and others with another seed`() async throws {
        let one = try await load(seed: 7)
        let again = try await load(seed: 7)
        let other = try await load(seed: 8)

        #expect(one.told.count == 200)
        #expect(one.told == again.told)
        #expect(one.bytes == again.bytes)
        #expect(one.told != other.told)
        #expect((30...90).contains(one.told.count { $0.contains("refusal") }))
    }
}
