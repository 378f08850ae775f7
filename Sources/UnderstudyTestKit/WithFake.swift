public import Fakes
internal import SocketServer

/// Starts a fake on a free port of its own, runs `body` against it, and stops it: for tests.
///
/// ```swift
/// @Test func `a full card is an error, and the queue goes on`() async throws {
///     try await withFake(.comfyUI(scenario: "comfyui POST /prompt: error out_of_memory, first 1")) { fake in
///         let client = MyClient(fake.url)
///         …
///         try await fake.journal.wait(for: .path("/prompt"), count: 2)
///         try fake.verify(.count(.error("out_of_memory"), exactly: 1), .never(.status("4xx")))
///     }
/// }
/// ```
/// Fakes are cheap (a thread and a socket, up within a millisecond or so): have one for each test. What they do follows
/// from `seed`, from what they are asked, and from nothing else.
///
/// - Parameters:
///   - seed: the number from which all random choices follow.
///   - speed: how much faster than the real server the fake works; what a scenario says is not touched by it.
///   - clock: the time by which all waits go; that of the world if nil.
///   - ports: how many it listens on.
/// - Throws: what `body` throws; `ScenarioProblems` for a scenario that is wrong.
public func withFake<Result>(
    _ role: FakeRole, seed: UInt64 = 7, speed: Double = 1, clock: ManualClock? = nil, ports: Int = 1,
    _ body: (StagedFake) async throws -> Result
) async throws -> Result {
    try await withFakes([role], seed: seed, speed: speed, clock: clock, ports: ports) {
        try await body($0.fakes[0])
    }
}

/// Starts a fake of one's own: see ``withFake(_:seed:speed:clock:ports:_:)``.
public func withFake<Result>(
    id: String = "fake", seed: UInt64 = 7, speed: Double = 1, clock: ManualClock? = nil, ports: Int = 1,
    _ make: @escaping @Sendable (FakeEnvironment) throws -> any Fake, _ body: (StagedFake) async throws -> Result
) async throws -> Result {
    try await withFake(FakeRole(id: id, make), seed: seed, speed: speed, clock: clock, ports: ports, body)
}

/// Starts several fakes that play one scenario, by one clock.
///
/// ```swift
/// try await withFakes([.comfyUI, .liteLLM], scenario: "restart") { fakes in
///     let client = MyClient(comfyUI: fakes["comfyui"].url, liteLLM: fakes["litellm"].url)
///     …
///     let events = fakes.journal.entries()
/// }
/// ```
/// - Parameter scenario: what goes wrong; that of a single role may stand with the role instead.
public func withFakes<Result>(
    _ roles: [FakeRole], scenario: (any ScenarioSource)? = nil, seed: UInt64 = 7, speed: Double = 1,
    clock: ManualClock? = nil, ports: Int = 1, _ body: (StagedCompany) async throws -> Result
) async throws -> Result {
    precondition(!roles.isEmpty, "no fake to start")
    let scenarios = roles.compactMap(\.scenario) + [scenario].compactMap(\.self)
    precondition(scenarios.count <= 1, "fakes of one company play one scenario: name one")
    let company = try await StagedCompany(
        roles, scenario: scenarios.first, seed: seed, speed: speed, clock: clock, ports: ports)
    do {
        let result = try await body(company)
        await company.stop()
        return result
    } catch {
        await company.stop()
        throw error
    }
}
