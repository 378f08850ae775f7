import ControlServer
import Fakes
import JSONTree
import Scenarios
import SocketServer
import Testing
import UnderstudyTestKit

/// The control server by its sockets.
@Suite struct ControlServerTests {
    /// A fake of one route.
    private actor Hello: Fake {
        nonisolated let kind = FakeKind.litellm
        nonisolated let environment: FakeEnvironment
        nonisolated let configuration = ServerConfiguration()
        nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe environment.loop.asUnownedSerialExecutor() }

        init(_ environment: FakeEnvironment) { self.environment = environment }

        nonisolated var vocabulary: Vocabulary.Backend {
            Vocabulary.Backend(kind: "litellm", routes: [("GET", PathTemplate("/hello"))])
        }

        func reply(to exchange: Exchange) async -> Reply { .text("hello") }
    }

    /// Casts that fake, on the loop of the test.
    private struct Casting: FakeCasting {
        let loop: EventLoop

        func start(_ order: FakeOrder, in company: Company) async throws -> RunningFake {
            guard order.kind == "litellm" else { throw FakeOrderError("only litellm can be had here") }
            return try await RunningFake(
                Hello(FakeEnvironment(id: order.id ?? "hello", loop: loop)), staging: Staging(journal: company.journal))
        }

        func stop(_ fake: RunningFake) async { await fake.stop() }
    }

    private func withControl(
        token: String? = nil, _ body: (_ control: String, _ fake: RunningFake) async throws -> Void
    ) async throws {
        let loop = try EventLoop(name: "control")
        let company = Company(seed: 7)
        let casting = Casting(loop: loop)
        let fake = try await casting.start(FakeOrder(kind: "litellm"), in: company)
        await company.join(fake)
        let control = ControlServer(company: company, casting: casting, on: loop, version: "1", token: token)
        let address = try await control.listen()
        do {
            try await body("http://\(address)", fake)
        } catch {
            Issue.record(error)
        }
        await control.stop()
        for fake in await company.fakes { await fake.stop() }
        await loop.stop()
    }

    private func json(_ answer: RawResponse) throws -> JSON { try JSON(parsing: answer.body) }

    @Test func `a rule on one line acts at once, and is told with what it has done`() async throws {
        try await withControl { control, fake in
            let added = try await RawSocket.request(
                "POST", control + "/rules", headers: ["content-type": "text/plain"],
                body: "litellm GET /hello: respond {status: 503}, first 1")
            let statuses = [
                try await RawSocket.get(fake.url + "/hello").status,
                try await RawSocket.get(fake.url + "/hello").status,
            ]
            let rules = try json(try await RawSocket.get(control + "/rules"))

            #expect(added.status == 201)
            #expect(statuses == [503, 200])
            #expect(rules[pointer: "/rules/0/matched"] == 2)
            #expect(rules[pointer: "/rules/0/acted"] == 1)
        }
    }

    @Test func `a rule without a name of its own is removed by the one it was given`() async throws {
        try await withControl { control, _ in
            let added = try await RawSocket.request(
                "POST", control + "/rules", headers: ["content-type": "text/plain"],
                body: "litellm GET /hello: respond {status: 503}")
            let name = try #require(try json(added)[pointer: "/rules/0/name"]?.string)
            let target = "/rules/" + name.replacing("/", with: "%2F").replacing(" ", with: "%20")
            let removed = try await RawSocket.request("DELETE", control + target)
            let rules = try await RawSocket.get(control + "/rules")

            #expect(name.contains("/hello"))
            #expect(removed.status == 204)
            #expect(rules.text == #"{"rules":[]}"# + "\n")
        }
    }

    @Test func `a wrong scenario is refused whole, with all its problems`() async throws {
        try await withControl { control, _ in
            let text =
                "version: 1\nscenario: x\nrules:\n  - on: litellm GET /helo\n    skip: true\n  - on: litellm\n    dely: 1s\n"
            let answer = try await RawSocket.request("PUT", control + "/scenario", body: text)
            let after = try await RawSocket.get(control + "/scenario")

            #expect(answer.status == 422)
            #expect(answer.headers["content-type"] == "application/problem+json")
            #expect(try json(answer)["problems"]?.array?.count ?? 0 >= 2)
            #expect(after.text == #"{"scenario":null}"# + "\n")
        }
    }

    @Test func `a fake is made on a free port, plays what is in force, and goes`() async throws {
        try await withControl { control, _ in
            _ = try await RawSocket.request(
                "POST", control + "/rules", headers: ["content-type": "text/plain"],
                body: "litellm GET /hello: respond {status: 418}")
            let made = try await RawSocket.request("POST", control + "/fakes", body: #"{"kind":"litellm","id":"two"}"#)
            let url = try #require(try json(made)["url"]?.string)
            let answer = try await RawSocket.get(url + "/hello")
            let again = try await RawSocket.request("POST", control + "/fakes", body: #"{"kind":"litellm","id":"two"}"#)
            let gone = try await RawSocket.request("DELETE", control + "/fakes/two")

            #expect(made.status == 201)
            #expect(answer.status == 418)
            #expect(again.status == 409)
            #expect(gone.status == 204)
            await #expect(throws: RawSocket.Failure.self) { _ = try await RawSocket(url: url) }
        }
    }

    @Test func `whoever waits for the journal is answered when it has happened`() async throws {
        try await withControl { control, fake in
            async let waiting = RawSocket.get(control + "/journal?event=exchange&count=2&wait=5s")
            _ = try await RawSocket.get(fake.url + "/hello")
            _ = try await RawSocket.get(fake.url + "/hello")
            let met = try json(try await waiting)
            let unmet = try json(try await RawSocket.get(control + "/journal?event=exchange&count=9&wait=50ms"))

            #expect(met["met"] == true)
            #expect(met["entries"]?.array?.count == 2)
            #expect(unmet["met"] == false)
        }
    }

    @Test func `a claim that does not hold is shown with the nearest misses`() async throws {
        try await withControl { control, fake in
            _ = try await RawSocket.get(fake.url + "/hello")
            let right = try await RawSocket.request(
                "POST", control + "/verify", body: #"{"count":{"path":"/hello"},"exactly":1}"#)
            let wrong = try await RawSocket.request(
                "POST", control + "/verify", body: #"{"count":{"path":"/hello","status":500},"exactly":1}"#)

            #expect(right.status == 200)
            #expect(wrong.status == 409)
            #expect(try json(wrong)[pointer: "/results/0/passed"] == false)
        }
    }

    @Test func `who does not know the token, or comes from another page, is turned away`() async throws {
        try await withControl(token: "open sesame") { control, _ in
            let without = try await RawSocket.get(control + "/fakes")
            let wrong = try await RawSocket.get(control + "/fakes", headers: ["authorization": "Bearer open"])
            let right = try await RawSocket.get(control + "/fakes", headers: ["authorization": "Bearer open sesame"])
            let health = try await RawSocket.get(control + "/health")

            #expect([without.status, wrong.status, right.status, health.status] == [401, 401, 200, 200])
        }
        try await withControl { control, _ in
            let rebound = try await RawSocket.get(control + "/fakes", headers: ["host": "evil.example"])
            let foreign = try await RawSocket.get(control + "/fakes", headers: ["origin": "https://evil.example"])

            #expect([rebound.status, foreign.status] == [403, 403])
        }
    }

    @Test(arguments: [
        ("GET", "/nowhere", 404), ("PATCH", "/fakes", 405), ("GET", "/fakes/nobody", 404),
        ("GET", "/journal?wait=1h", 400), ("GET", "/journal?fak=x", 400), ("POST", "/verify", 400),
        ("GET", "/journal/99999", 404), ("DELETE", "/rules/none", 404), ("GET", "/scenarios/bizy-gpu", 404),
    ])
    func `what cannot be meant gets problem details`(method: String, target: String, status: Int) async throws {
        try await withControl { control, _ in
            let answer = try await RawSocket.request(method, control + target, body: "{")

            #expect(answer.status == status)
            #expect(answer.headers["content-type"] == "application/problem+json")
            #expect(try json(answer)["detail"]?.string?.isEmpty == false)
        }
    }

    @Test func `thousands of malformed requests later it still does its work`() async throws {
        try await withControl { control, fake in
            let paths = [
                "/fakes", "/fakes/hello/state", "/scenario", "/scenario/check", "/rules", "/rules/x", "/journal?wait=x",
                "/journal/har", "/verify", "/metrics", "/scenarios/chaos",
            ]
            let proper: [MalformedTraffic.Proper] = [
                .init("/fakes", ["kind": "litellm", "id": "other", "seed": 1]),
                .init("/scenario/check", ["version": 1, "scenario": "x", "rules": []]),
                .init("/rules", [["on": "litellm GET /hello", "delay": "1ms"]]),
                .init("/verify", ["count": ["path": "/hello"], "at_least": 1]),
            ]
            let traffic = MalformedTraffic(seed: 9, paths: paths, proper: proper)

            let port = try #require(UInt16(control.split(separator: ":").last ?? ""))
            let outcome = await traffic.send(count: 3_000, to: SocketAddress(host: "127.0.0.1", port: port))
            _ = try await RawSocket.request("DELETE", control + "/scenario")
            let added = try await RawSocket.request(
                "POST", control + "/rules", headers: ["content-type": "text/plain"],
                body: "litellm GET /hello: respond {status: 503}")
            let answer = try await RawSocket.get(fake.url + "/hello")

            #expect(outcome.hanging == 0)
            #expect(outcome.answered > 1_500)
            #expect(added.status == 201)
            #expect(answer.status == 503)
        }
    }
}
