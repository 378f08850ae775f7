internal import Fakes
internal import SocketServer

/// Fakes that play in one test: see ``withFakes(_:scenario:seed:speed:clock:ports:_:)``.
public struct StagedCompany: Sendable {
    /// In the order in which they were asked for.
    public let fakes: [StagedFake]
    /// What goes wrong at any of them.
    public let rules: FakeRules
    /// What happened at all of them.
    public var journal: FakeJournal { FakeJournal(play.company.journal) }
    private let play: Play
    private let loops: [EventLoop]

    /// The fake of a name; that there is one is for the test to know.
    public subscript(id: String) -> StagedFake {
        guard let fake = fakes.first(where: { $0.id == id }) else {
            preconditionFailure("no fake \"\(id)\" here, only \(fakes.map(\.id).joined(separator: ", "))")
        }
        return fake
    }

    /// Holds claims against what happened at all fakes.
    ///
    /// - Throws: ``ClaimFailure`` with all that do not hold.
    public func verify(_ claims: FakeClaim...) throws { try journal.verify(claims) }

    /// As at the beginning: the journal is empty, the fakes have forgotten all, the scenario begins anew.
    public func reset() async { await play.reset() }

    init(
        _ roles: [FakeRole], scenario: (any ScenarioSource)?, seed: UInt64, speed: Double, clock: ManualClock?,
        ports: Int
    ) async throws {
        let journal = clock.map { clock in SharedJournal(now: clock.wallTime, clock: { clock.elapsed }) }
        let now: @Sendable () -> WallTime = if let clock { { clock.wallTime } } else { { .now() } }
        let loops = try roles.map { try EventLoop(name: $0.id, time: clock) }
        let company = Company(
            seed: seed, journal: journal ?? SharedJournal(), others: { try FakeRole.vocabulary(on: loops[0]) })
        let addresses = Array(repeating: SocketAddress(host: "127.0.0.1", port: 0), count: ports)
        do {
            for (role, loop) in zip(roles, loops) {
                let environment = FakeEnvironment(id: role.id, loop: loop, seed: seed, speed: speed, now: now)
                let staging = Staging(
                    journal: company.journal, app: role.app, remake: { try role.make(environment) })
                await company.join(
                    try await RunningFake(try role.make(environment), at: addresses, staging: staging))
            }
            play = Play(company, try scenario?.scenario(speaking: try await company.vocabulary))
        } catch {
            await Self.stop(company, loops)
            throw error
        }
        self.loops = loops
        rules = FakeRules(company)
        fakes = await company.fakes.map { [play] in StagedFake($0, play) }
        await play.begin()
    }

    func stop() async { await Self.stop(play.company, loops) }

    private static func stop(_ company: Company, _ loops: [EventLoop]) async {
        for fake in await company.fakes { await fake.stop() }
        for loop in loops { await loop.stop() }
    }
}
