import SocketServer
import Testing
import UnderstudyTestKit

@Suite struct HTTP2EndingTests {
    @Test func `a client's reset cancels its handler and no other`() async throws {
        let begun = Signal<Bool>()
        let cancelled = Signal<Bool>()
        try await withHTTP2Server { exchange in
            guard exchange.request.path == "/long" else { return .text("still here") }
            await begun.send(true)
            await exchange.untilCancelled()
            await cancelled.send(Task.isCancelled && exchange.isDisconnected)
            return .text("")
        } _: { client, _ in
            let id = client.submit("GET", "/long")
            try await client.flush()
            _ = await begun.wait()
            client.reset(id)
            try await client.flush()

            #expect(await cancelled.wait())
            #expect(try await client.exchange("GET", "/").text == "still here")
        }
    }

    @Test func `a client that leaves ends all its handlers, even those that write`() async throws {
        let ended = Shared(0)
        let all = Signal<Bool>()
        try await withHTTP2Server { exchange in
            defer {
                ended.change { $0 += 1 }
                if ended.value == 20 { Task { await all.send(true) } }
            }
            if exchange.request.path == "/sleep" { await exchange.untilCancelled() }
            if exchange.request.path == "/body" { _ = await exchange.wholeBody() }
            return .text("")
        } _: { _, address in
            let socket = try await RawSocket(address)
            let client = try HTTP2Client(socket)
            for _ in 0..<10 { client.submit("GET", "/sleep") }
            for _ in 0..<10 { client.hold(client.submit("POST", "/body", body: [1])) }
            try await client.flush()
            let other = try HTTP2Client(try await RawSocket(address))
            let writing = other.submit("GET", "/")
            _ = try await other.answer(writing)

            socket.reset()

            #expect(await all.wait())
        }
    }

    @Test(arguments: ["/throw", "/abort", "/close", "/early"])
    func `an answer that breaks off is a reset of its stream only`(path: String) async throws {
        struct Broken: Error {}
        try await withHTTP2Server { exchange in
            switch exchange.request.path {
            case "/throw":
                .stream { writer in
                    try await writer.write("half")
                    throw Broken()
                }
            case "/early": .stream { _ in throw Broken() }
            case "/abort": Reply(body: .abort)
            case "/close": Reply(body: .close)
            default: .text("fine")
            }
        } _: { client, _ in
            let broken = try await client.exchange("GET", path)
            #expect(broken.errorCode == 2)  // INTERNAL_ERROR
            if path == "/throw" { #expect(broken.text == "half") }

            #expect(try await client.exchange("GET", "/").text == "fine")
        }
    }

    @Test(arguments: [
        (WireEnding.reset, UInt32(2)), (.fin, 2),  // INTERNAL_ERROR
        (.halfClose, 0),
    ])
    func `a cut is the end of its stream only`(ending: WireEnding, code: UInt32) async throws {
        try await withHTTP2Server { exchange in
            guard exchange.request.path == "/cut" else { return .text("fine") }
            exchange.impose(.cut(afterBytes: 3, ending))
            return .stream { writer in
                try await writer.write("ab")
                try await writer.write("cd")
                try? await exchange.loop.clock.sleep(for: .seconds(60))
            }
        } _: { client, _ in
            let cut = client.submit("GET", "/cut")
            let other = client.submit("GET", "/")

            let beside = try await client.answer(other)
            #expect(beside.text == "fine")
            let answer = try await client.answer(cut)
            #expect(answer.text == "abc")
            #expect(answer.errorCode == code)
            let afterwards = try await client.exchange("GET", "/")
            #expect(afterwards.text == "fine")
        }
    }

    @Test func `a stream falls silent, or is slow, and the others are as ever`() async throws {
        try await withHTTP2Server { exchange in
            switch exchange.request.path {
            case "/silent": exchange.impose(.cut(afterBytes: 0, .hang))
            case "/slow": exchange.impose(.throttle(bytesPerSecond: 1000))
            case "/late": exchange.impose(.expiry(.milliseconds(50), .reset))
            default: return .text("fine")
            }
            if exchange.request.path == "/late" { try? await exchange.loop.clock.sleep(for: .seconds(60)) }
            return .bytes([UInt8](repeating: 7, count: 100))
        } _: { client, _ in
            let began = ContinuousClock.now
            let silent = client.submit("GET", "/silent")
            let slow = client.submit("GET", "/slow")
            let late = client.submit("GET", "/late")

            let other = try await client.exchange("GET", "/")
            #expect(other.text == "fine")
            let slowly = try await client.answer(slow)
            #expect(slowly.body.count == 100)
            #expect(ContinuousClock.now - began >= .milliseconds(80))
            let lately = try await client.answer(late)
            #expect(lately.errorCode == 2)
            #expect(client.answers[silent]?.isClosed == false)
            #expect(client.answers[silent]?.body == [])
        }
    }

    @Test func `an answer before the whole request is heard, and the rest is read`() async throws {
        try await withHTTP2Server { exchange in
            exchange.request.method == "POST" ? .text("no", status: 413) : .text("next")
        } _: { client, _ in
            let answer = try await client.exchange("POST", "/", body: [UInt8](repeating: 1, count: 700_000))

            #expect(answer.status == 413)
            #expect(answer.errorCode == 0)
            #expect(try await client.exchange("GET", "/").text == "next")
        }
    }

    @Test func `the rest of an unwanted body is not read without end`() async throws {
        var configuration = ServerConfiguration()
        configuration.limits.bodyBytes = 200_000
        try await withHTTP2Server(configuration: configuration) { _ in
            .text("no", status: 413)
        } _: { client, _ in
            let id = client.submit("POST", "/", body: [UInt8](repeating: 1, count: 3_000_000))

            let answer = try await client.answer(id)

            #expect(answer.status == 413)
            #expect(answer.errorCode == 0)
            #expect(client.sentBytes(id) < 1_000_000)
        }
    }

    @Test func `stopping says GOAWAY, cancels what runs and closes`() async throws {
        let begun = Signal<Bool>()
        let loop = try EventLoop(name: "test")
        let server = Server(on: loop) { exchange in
            await begun.send(true)
            await exchange.untilCancelled()
            return .text("cancelled: \(Task.isCancelled)")
        }
        let address = try await server.listen(protocols: [.http2])
        let client = try HTTP2Client(try await RawSocket(address))
        let id = client.submit("GET", "/")
        try await client.flush()
        _ = await begun.wait()

        async let stopped: Void = server.stop(grace: .seconds(30))
        let answer = try await client.answer(id)
        try await client.run { false }
        await stopped
        await loop.stop()

        #expect(answer.text == "cancelled: true")
        #expect(client.goAwayCode == 0)
        #expect(client.hasEnded)
    }

    @Test func `an idle connection is ended with GOAWAY`() async throws {
        var configuration = ServerConfiguration()
        configuration.limits.idleTimeout = .milliseconds(500)
        try await withHTTP2Server(configuration: configuration) { _ in
            .text("one")
        } _: { client, _ in
            #expect(try await client.exchange("GET", "/").text == "one")

            try await client.run { false }

            #expect(client.goAwayCode == 0)
        }
    }

    @Test func `a body that stops coming ends its request`() async throws {
        var configuration = ServerConfiguration()
        configuration.limits.readTimeout = .milliseconds(50)
        let seen = Signal<BodyError?>()
        try await withHTTP2Server(configuration: configuration) { exchange in
            do throws(BodyError) {
                return .bytes(try await exchange.body())
            } catch {
                await seen.send(error)
                return .text("")
            }
        } _: { client, _ in
            let id = client.submit("POST", "/", body: [1])
            client.hold(id)

            let answer = try await client.answer(id)

            #expect(answer.errorCode == 2)  // INTERNAL_ERROR
            #expect(await seen.wait() == .disconnected)
        }
    }
}
