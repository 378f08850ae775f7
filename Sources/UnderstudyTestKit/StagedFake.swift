public import Fakes
public import JSONTree
internal import Scenarios
public import SocketServer

/// A fake that plays in a test, with what happened there and what goes wrong there.
public struct StagedFake: Sendable {
    /// The fake on its sockets.
    public let running: RunningFake
    /// What goes wrong here, and at the other fakes of the test.
    public let rules: FakeRules
    private let act: Play

    init(_ running: RunningFake, _ play: Play) {
        self.running = running
        act = play
        rules = FakeRules(act.company)
    }

    /// Its name.
    public var id: String { running.id }
    /// `http://127.0.0.1:40321`: give this to the client.
    public var url: String { running.url }
    /// One for each port.
    public var urls: [String] { running.urls }
    public var addresses: [SocketAddress] { running.addresses }

    /// What happened here.
    public var journal: FakeJournal { FakeJournal(act.company.journal, fake: id) }

    /// Holds claims against what happened here.
    ///
    /// ```swift
    /// try fake.verify(
    ///     .count(.path("/prompt"), exactly: 2), .never(.status("5xx")),
    ///     .gap(.path("/v1/chat/completions"), atLeast: .seconds(1)))
    /// ```
    /// - Throws: ``ClaimFailure`` with all that do not hold, and what came nearest.
    public func verify(_ claims: FakeClaim...) throws { try journal.verify(claims) }

    /// The part of the fake's state that scenarios may look at.
    public func state() async -> JSON { await running.state() }

    /// Changes some of it, all or nothing.
    ///
    /// - Throws: ``Fakes/StateError``.
    public func set(_ changes: JSONObject) async throws { try await running.set(changes) }

    /// How many connections are open.
    public func connectionCount() async -> Int { await running.connectionCount() }

    /// As at the beginning, and so are the other fakes of the test: the journal is empty, what the fake knew is
    /// forgotten, the scenario begins anew.
    public func reset() async { await act.reset() }
}

/// A company with what it played at the beginning.
final class Play: Sendable {
    let company: Company
    private let scenario: Scenario?

    init(_ company: Company, _ scenario: Scenario?) {
        self.company = company
        self.scenario = scenario
    }

    func begin() async {
        if let scenario { await company.apply(scenario) }
    }

    func reset() async {
        await company.reset()
        await begin()
    }
}
