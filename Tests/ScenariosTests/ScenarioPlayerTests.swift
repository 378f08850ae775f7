import JSONTree
import Testing

@testable import Scenarios

@Suite struct ScenarioPlayerTests {
    private struct NoFacts: OccasionFacts {
        var headers: [String: String] = [:]
        var body: JSON?
        var state: JSON = [:]
        func header(_ name: String) -> String? { headers[name] }
        func query(_ name: String) -> String? { nil }
    }

    private func player(_ trigger: Trigger = .always, on match: Match? = nil, effects: [Effect] = [.skip])
        -> ScenarioPlayer
    {
        let match =
            match
            ?? Match(
                fake: FakePattern(kind: "litellm"), subject: .request(method: "POST", path: PathTemplate("/a/{b}")))
        return ScenarioPlayer(
            Scenario(name: "test", rules: [Rule(name: "rule", on: match, when: trigger, effects: effects)]),
            seed: 7, kind: "litellm", id: "litellm")
    }

    private func occasion(_ path: String = "/a/x", client: String = "me", identity: UInt64 = 1) -> Occasion {
        Occasion(.request(method: "POST", path: path, opens: false), client: client, connection: 1, identity: identity)
    }

    private func acted(_ player: inout ScenarioPlayer, _ count: Int) -> [Int] {
        (1...count).filter { _ in !player.play(occasion(), at: .zero, NoFacts()).isEmpty }
    }

    @Test(arguments: [
        (Trigger(nth: [2, 5]), [2, 5]), (Trigger(first: 2), [1, 2]), (Trigger(after: 4), [5, 6]),
        (Trigger(every: 3), [3, 6]), (Trigger(after: 1, every: 2), [3, 5]), (Trigger(every: 2, times: 2), [2, 4]),
    ])
    func `counts decide when a rule acts`(trigger: Trigger, expected: [Int]) {
        var player = player(trigger)

        #expect(acted(&player, 6) == expected)
    }

    @Test func `counts may be of each client alone`() {
        var player = player(Trigger(first: 1, per: .client))

        let first = ["a", "b", "a"].map { !player.play(occasion(client: $0), at: .zero, NoFacts()).isEmpty }

        #expect(first == [true, true, false])
    }

    @Test func `another path and another fake are left alone`() {
        var player = player()
        var foreign = ScenarioPlayer(player.scenario, seed: 7, kind: "gradio", id: "rvc")

        #expect(player.play(occasion("/a"), at: .zero, NoFacts()).isEmpty)
        #expect(player.play(occasion("/a/b/c"), at: .zero, NoFacts()).isEmpty)
        #expect(foreign.play(occasion(), at: .zero, NoFacts()).isEmpty)
        #expect(player.play(occasion(), at: .zero, NoFacts()).count == 1)
    }

    @Test func `a rule may be about one path or another`() {
        let path = PathTemplate("/prompt|/api/{x}")
        var player = player(on: Match(fake: FakePattern(), subject: .request(method: nil, path: path)))

        let acted = ["/prompt", "/api/prompt", "/api", "/prompt|/api/{x}"].map {
            !player.play(occasion($0), at: .zero, NoFacts()).isEmpty
        }

        #expect(acted == [true, true, false, false])
    }

    @Test func `a letter that grows together with a slash does not hide it`() {
        #expect(PathTemplate("/view/{name}").matches("/view/\u{301}a"))
        #expect(PathTemplate("/\u{301}/{name}").matches("/\u{301}/b"))
    }

    @Test func `a rule acts between its times`() {
        var player = player(Trigger(at: .seconds(2), lasting: .seconds(3)))

        let acts = [0, 2, 4, 5].map { !player.play(occasion(), at: .seconds($0), NoFacts()).isEmpty }

        #expect(acts == [false, true, true, false])
    }

    @Test func `luck does not depend on the order of arrival`() {
        let trigger = Trigger(probability: 0.5)
        let identities = (0..<200).map { UInt64($0) }
        var forwards = player(trigger)
        var backwards = player(trigger)

        let one = identities.filter { !forwards.play(occasion(identity: $0), at: .zero, NoFacts()).isEmpty }
        let two = identities.reversed().filter { !backwards.play(occasion(identity: $0), at: .zero, NoFacts()).isEmpty }

        #expect(one == two.reversed())
        #expect((60...140).contains(one.count))
    }

    @Test func `a quota is whole again in the next window`() throws {
        var player = player(effects: [.quota(Quota(unit: .requests, amount: 2, per: .seconds(60)))])

        let standings = [0, 10, 20, 61].map { player.play(occasion(), at: .seconds($0), NoFacts())[0].quota }

        #expect(standings.map { $0?.isExceeded } == [false, false, true, false])
        #expect(standings.map { $0?.remaining } == [1, 0, 0, 1])
        #expect(standings[2]?.resetsIn == .seconds(40))
    }

    @Test func `below its quota a rule has not acted`() {
        let quota = Effect.quota(Quota(unit: .requests, amount: 2, per: .seconds(60)))
        var player = player(Trigger(times: 1), effects: [quota])

        let exceeded = (1...4).map { _ in player.play(occasion(), at: .zero, NoFacts()).first?.quota?.isExceeded }

        #expect(exceeded == [false, false, true, nil])
        #expect(player.counts.map(\.acted) == [1])
    }

    @Test func `a quota without a window does not stop the process`() {
        var player = player(effects: [.quota(Quota(unit: .requests, amount: 0, per: .zero))])

        let cues = [0, 0, 1].map { player.play(occasion(), at: .seconds($0), NoFacts()).count }

        #expect(cues == [1, 1, 1])
    }

    @Test(arguments: [
        (ValueTest.equals("x"), JSON.string("x"), true), (.equals(1), "1", true), (.equals(1), 1.0, true),
        (.equals(1), 2, false), (.matches("^a+$"), "aaa", true), (.matches("^a+$"), "ab", false),
        (.contains("b"), .array(["a", "b"]), true), (.contains("b"), "abc", true), (.contains("d"), "abc", false),
        (.atLeast(2), 2, true), (.atMost(2), 3, false), (.oneOf([1, 2]), 2, true), (.not(.equals(1)), 2, true),
        (.exists(false), 1, false),
    ])
    func `a value passes a test or does not`(test: ValueTest, value: JSON, passes: Bool) {
        let check = ConditionCheck([.body(pointer: "/v", test)])

        #expect(check.holds(client: "", NoFacts(body: ["v": value])) == passes)
    }

    @Test func `a missing value passes only what asks for that`() {
        for (test, passes) in [(ValueTest.exists(false), true), (.not(.equals(1)), true), (.equals(1), false)] {
            #expect(ConditionCheck([.body(pointer: "/v", test)]).holds(client: "", NoFacts(body: [:])) == passes)
        }
    }

    @Test(arguments: [
        ("/a/{x}", "/a/b", true), ("/a/{x}", "/b/{y}", false), ("/a/*", "/a/b/c", true), ("/a", "/a/b", false),
        ("/file={path...}", "/file={p...}", true), ("/view", "/{any}", true), ("/file={path...}", "/view", false),
        ("/file={path...}", "/file=a/b", true), ("/*", "/", true), ("/a/*", "/a", true), ("/a{x}", "/b{y}", false),
        ("/file={path...}", "/{any}", true), ("/a|/b/{x}", "/b/c", true), ("/a|/b", "/c|/d", false),
        ("/{x}.png", "/{y}.jpg", false),
    ])
    func `templates overlap where a path could fit both`(one: String, two: String, overlaps: Bool) {
        #expect(PathTemplate(one).overlaps(PathTemplate(two)) == overlaps)
        #expect(PathTemplate(two).overlaps(PathTemplate(one)) == overlaps)
    }

    @Test func `a head tells whether a rule could act`() {
        let on = Match(
            fake: FakePattern(kind: "litellm"), subject: .request(method: "POST", path: PathTemplate("/a/{b}")),
            conditions: [.header("x", .equals("1")), .body(pointer: "/b", .exists(true))])
        var player = player(Trigger(at: .seconds(5)), on: on)
        func isConcerned(_ path: String = "/a/x", at time: Duration = .seconds(5), x: String = "1") -> Bool {
            player.isConcerned(
                with: .request(method: "POST", path: path, opens: false), at: time, NoFacts(headers: ["x": x]))
        }

        #expect(isConcerned())
        #expect(!isConcerned("/b/x"))
        #expect(!isConcerned(at: .seconds(4)))
        #expect(!isConcerned(x: "2"))
        // Paths beyond those that are remembered are found as before.
        for number in 0..<1_000 { #expect(isConcerned("/a/\(number)") && !isConcerned("/c/\(number)")) }
    }
}
