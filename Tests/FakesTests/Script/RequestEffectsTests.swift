import Fakes
import JSONTree
import Journal
import Scenarios
import SocketServer
import Testing
import UnderstudyTestKit

/// What rules about requests do, as a socket sees it.
@Suite struct RequestEffectsTests {
    /// Sends a request and shows all that comes, with the end.
    private func ask(
        _ fake: StagedFake, _ path: String = "/hello", timeout: Duration = .seconds(5)
    ) async throws -> (text: String, end: RawSocket.End) {
        let socket = try await RawSocket(url: fake.url)
        try await socket.send("GET \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        let (bytes, end) = try await socket.read(timeout: timeout)
        return (String(decoding: bytes, as: UTF8.self), end)
    }

    @Test func `a delayed answer comes late and whole`() async throws {
        try await withRules(.on("/hello", .delay(.head, .fixed(.milliseconds(120))))) { fake in
            let began = ContinuousClock.now
            let (text, _) = try await ask(fake)

            #expect(ContinuousClock.now - began >= .milliseconds(120))
            #expect(text.hasSuffix(#"{"greeting":"good evening","words":[1,2]}"#))
        }
    }

    @Test func `a reset is a reset`() async throws {
        try await withRules(.on("/hello", .drop(Drop(.reset)))) { fake in
            let (text, end) = try await ask(fake)

            #expect(text == "")
            #expect(end == .reset)
        }
    }

    @Test func `an empty answer is nothing but an end`() async throws {
        try await withRules(.on("/hello", .corrupt(Corruption(.emptyAnswer)))) { fake in
            let (text, end) = try await ask(fake)

            #expect(text == "")
            #expect(end == .finished)
        }
    }

    @Test func `who hangs says nothing and closes nothing`() async throws {
        try await withRules(.on("/hello", .drop(Drop(.hang)))) { fake in
            let (text, end) = try await ask(fake, timeout: .milliseconds(200))

            #expect(text == "")
            #expect(end == .timeout)
        }
    }

    @Test func `an answer is cut after so many bytes`() async throws {
        try await withRules(.on("/hello", .drop(Drop(.reset, afterBytes: 20)))) { fake in
            let (text, end) = try await ask(fake)

            #expect(text.utf8.count <= 20)
            #expect(end == .reset)
        }
        try await withRules(.on("/hello", .drop(Drop(.close, afterBytes: 20)))) { fake in
            let (text, end) = try await ask(fake)

            #expect(text == "HTTP/1.1 200 OK\r\ncon")
            #expect(end == .finished)
        }
    }

    @Test func `a native error is the fake's to answer`() async throws {
        try await withRules(.on("/hello", .error(NativeErrorUse("rate_limit")))) { fake in
            let answer = try await RawSocket.get(fake.url + "/hello")

            #expect(answer.status == 500)
            #expect(answer.text == "suffering from rate_limit")
        }
    }

    @Test func `an answer of one's own is sent as it is told`() async throws {
        let response = Response(status: 418, headers: [HeaderLine("X-Tea", "green")], body: .json(["short": true]))
        try await withRules(.on("/hello", .respond(response))) { fake in
            let answer = try await RawSocket.get(fake.url + "/hello")

            #expect(answer.status == 418)
            #expect(answer.headers["x-tea"] == "green")
            #expect(answer.text == #"{"short":true}"#)
        }
    }

    @Test func `values of the fake's own answer become others`() async throws {
        let edits = [Edit(pointer: "/greeting", value: "good night"), Edit(pointer: "/words/*", value: 0)]
        try await withRules(.on("/hello", .edit(edits))) { fake in
            let answer = try await RawSocket.get(fake.url + "/hello")

            #expect(answer.text == #"{"greeting":"good night","words":[0,0]}"#)
        }
    }

    @Test(arguments: [
        (Corruption(.invalidJSON), "[1,2]"), (Corruption(.wrongContentType), "text/html"),
        (Corruption(.hugeHeaders, amount: 5000), String(repeating: "h", count: 5000)),
        (Corruption(.redirectLoop), "location: /hello"), (Corruption(.wrongContentLength, amount: 7), "length: 48"),
        (Corruption(.truncatedBody, amount: 4), "length: 41\r\n"), (Corruption(.badChunk), "\r\nzz\r\n"),
    ])
    func `an answer breaks its format`(corruption: Corruption, shown: String) async throws {
        try await withRules(.on("/hello", .corrupt(corruption))) { fake in
            let (text, _) = try await ask(fake)

            #expect(text.contains(shown))
            #expect(!text.hasSuffix("[1,2]}") || corruption.kind != .invalidJSON)
        }
    }

    @Test func `who is sent round in circles never reaches the fake`() async throws {
        try await withRules(.on("/work", when: Trigger(first: 1), .corrupt(Corruption(.redirectLoop)))) { fake in
            let first = try await RawSocket.get(fake.url + "/work")
            let before = await fake.state()
            let second = try await RawSocket.get(fake.url + "/work")

            #expect(first.status == 307)
            #expect(before["queue"] == 0)
            #expect(second.text == "done")
            let after = await fake.state()
            #expect(after["queue"] == 1)
        }
    }

    @Test func `garbage is no HTTP, and the same for the same seed`() async throws {
        var seen: [String] = []
        for _ in 0..<2 {
            try await withRules(.on("/hello", .corrupt(Corruption(.garbage, amount: 64)))) { fake in
                seen.append(try await ask(fake).text)
            }
        }

        #expect(seen[0] == seen[1])
        #expect(!seen[0].hasPrefix("HTTP"))
    }

    @Test func `an interim answer comes first`() async throws {
        try await withRules(.on("/hello", .interim(status: 103))) { fake in
            let (text, _) = try await ask(fake)

            #expect(text.hasPrefix("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n"))
        }
    }

    @Test func `several rules act on one exchange, in the order of the file`() async throws {
        var second = Rule.on("/hello", .edit([Edit(pointer: "/greeting", value: "two")]))
        second.name = "second"
        try await withRules(.on("/hello", .edit([Edit(pointer: "/greeting", value: "one")])), second) { fake in
            let answer = try await RawSocket.get(fake.url + "/hello")

            #expect(answer.text.contains("two"))
        }
    }

    @Test func `beyond its quota a client is refused, another is not`() async throws {
        let quota = Quota(unit: .requests, amount: 1, per: .seconds(60))
        try await withRules(.on("/hello", .quota(quota))) { fake in
            var statuses: [Int] = []
            for client in ["a", "a", "b"] {
                statuses.append(try await RawSocket.get(fake.url + "/hello", headers: ["x-client": client]).status)
            }

            #expect(statuses == [200, 500, 200])
        }
    }

    @Test func `a body may decide, and the fake still reads it`() async throws {
        var rule = Rule.on("/echo", .respond(Response(status: 409)))
        rule.on.conditions = [.body(pointer: "/stream", .equals(true))]
        try await withRules(rule) { fake in
            let matching = try await RawSocket.request("POST", fake.url + "/echo", body: #"{"stream":true}"#)
            let other = try await RawSocket.request("POST", fake.url + "/echo", body: #"{"stream":false}"#)

            #expect(matching.status == 409)
            #expect(other.text == #"{"stream":false}"#)
        }
    }

    @Test func `the journal tells what happened and why`() async throws {
        try await withRules(.on("/hello", .respond(Response(status: 503)))) { fake in
            _ = try await RawSocket.request("GET", fake.url + "/hello", headers: ["connection": "close"])
            try await fake.journal.wait(for: .event("closed"))

            let exchanges = try fake.journal.exchanges()
            #expect(exchanges.map(\.status) == [503])
            #expect(exchanges.first?.rules == ["rule"])
            #expect(exchanges.first?.route == "/hello")
            let names = try fake.journal.entries().map(\.event.name)
            #expect(names.first == .lifecycle)
            #expect(names.contains(.accepted))
            #expect(names.contains(.effect))
        }
    }
}
