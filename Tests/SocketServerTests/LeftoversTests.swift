import SocketServer
import Testing
import UnderstudyTestKit

/// In a process of its own, where nobody else opens descriptors.
@Suite struct LeftoversTests {
    @Test func `what has stopped leaves no thread and no descriptor`() async {
        await #expect(processExitsWith: .success) {
            // The first loop opens what the process keeps: the entropy source, the plugin's folder.
            try await Self.serveAndStop()
            let before = OpenFiles.count()

            let rounds = 5
            for _ in 0..<rounds { try await Self.serveAndStop() }

            await Self.eventually("a loop's thread is still there") { !OpenFiles.threadNames().contains("leftover") }
            // A descriptor a round would be ours. The thread sanitizer may open two once, for the process that gives it names.
            await Self.eventually("descriptors are left") { OpenFiles.count() < before + rounds }
        }
    }

    /// The system lists a thread for a moment after it has been joined, may leave one out while another ends, and tells
    /// nobody when it no longer does.
    private static func eventually(_ wrong: String, _ holds: () -> Bool) async {
        let end = ContinuousClock.now + .seconds(5)
        while !holds() {
            precondition(.now < end, wrong)
            await Task.yield()
        }
    }

    private static func serveAndStop() async throws {
        let loop = try EventLoop(name: "leftover")
        let server = Server(on: loop) { exchange in
            if exchange.request.path == "/sleep" { await exchange.untilCancelled() }
            return .text("x")
        }
        let address = try await server.listen()
        await eventually("the loop's thread has another name") { OpenFiles.threadNames().contains("leftover") }
        _ = try await RawSocket.get("http://\(address)/")
        let sleeper = try await RawSocket(address)
        try await sleeper.send("GET /sleep HTTP/1.1\r\n\r\n")
        let idle = try await RawSocket(address)
        await server.stop(grace: .milliseconds(50))
        await loop.stop()
        _ = (sleeper, idle)
    }
}
