import Foundation
import Scenarios
import Testing

@testable import Connectivity

/// The clients against the fakes under every effect of the scenario language.
@Suite(.timeLimit(.minutes(1))) struct ContractTests {
    /// Enough at once that hanging servers cost no time, few enough that other tests get theirs.
    private static let room = Room(16)

    @Test(arguments: Contract.all)
    func `a client does what the matrix says`(contract: Contract) async throws {
        let outcome = try await Self.room.run { try await ContractRun(contract: contract).outcome() }

        #expect(outcome == contract.outcome)
    }

    @Test(arguments: Contract.Client.allCases)
    func `every word of the language is tried on every client`(client: Contract.Client) {
        let tried = Set(Contract.all.filter { $0.client == client }.map(\.word))

        #expect(EffectWord.allCases.filter { !tried.contains($0.rawValue) } == [])
    }

    /// `CONTRACT_MATRIX=write swift test --filter ContractTests` brings the documentation up to date.
    @Test func `the matrix of the documentation is this one`() throws {
        let page = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
            .appendingPathComponent("Sources/Connectivity/Connectivity.docc/WhatTheClientsDo.md")
        if ProcessInfo.processInfo.environment["CONTRACT_MATRIX"] == "write" {
            try Contract.page.write(to: page, atomically: true, encoding: .utf8)
        }

        #expect(try String(contentsOf: page, encoding: .utf8) == Contract.page)
    }
}
