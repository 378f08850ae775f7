import Testing

@testable import Scenarios

@Suite struct ScenarioLibraryTests {
    @Test(arguments: ScenarioLibrary.all.map(\.name))
    func `a scenario of the library can be read`(name: String) throws {
        let text = try #require(ScenarioLibrary.text(of: name))

        let scenario = try ScenarioReader(file: name).scenario(text)

        #expect(scenario.name == name)
        #expect(scenario.summary == ScenarioLibrary.all.first { $0.name == name }?.summary)
        #expect(scenario.summary.hasSuffix("."))
        #expect(!scenario.rules.isEmpty)
        // Whoever reads a report knows each rule by a name that somebody gave it.
        #expect(scenario.rules.allSatisfy { !$0.name.contains(":") })
    }

    @Test func `the library has what it is known for`() {
        let names = [
            "busy-gpu", "gpu-out-of-memory", "cold-start", "overloaded", "rate-limited", "flaky-network",
            "slow-network", "restart", "restart-state-lost", "zombie", "mid-stream-cut", "silent-socket",
            "out-of-order-events", "bad-gateway", "expired-key", "disk-full", "chaos",
        ]

        #expect(Set(names).isSubset(of: ScenarioLibrary.all.map(\.name)))
        #expect(Set(ScenarioLibrary.all.map(\.name)).count == ScenarioLibrary.all.count)
        #expect(ScenarioLibrary.text(of: "nothing") == nil)
    }
}
