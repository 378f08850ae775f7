import SocketServer
import Synchronization

/// Starts a server on a free port and a loop of its own, runs `body`, stops both.
func withServer<Result>(
    configuration: ServerConfiguration = .init(), handler: @escaping ExchangeHandler,
    _ body: (SocketAddress) async throws -> Result
) async throws -> Result {
    let loop = try EventLoop(name: "test")
    let server = Server(on: loop, configuration: configuration, handler: handler)
    let address = try await server.listen()
    do {
        let result = try await body(address)
        await server.stop()
        await loop.stop()
        return result
    } catch {
        await server.stop()
        await loop.stop()
        throw error
    }
}

/// A value that a test waits for.
actor Signal<Value: Sendable> {
    private var value: Value?
    private var waiters: [CheckedContinuation<Value, Never>] = []

    func send(_ value: Value) {
        self.value = value
        for waiter in waiters { waiter.resume(returning: value) }
        waiters = []
    }

    func wait() async -> Value {
        if let value { return value }
        return await withCheckedContinuation { waiters.append($0) }
    }
}

/// A value that tasks of a test share.
final class Shared<Value: Sendable>: Sendable {
    private let mutex: Mutex<Value>

    init(_ value: Value) { mutex = Mutex(value) }

    var value: Value { mutex.withLock { $0 } }

    func change(_ change: @Sendable (inout Value) -> Void) {
        mutex.withLock { value in
            var copy = value
            change(&copy)
            value = copy
        }
    }
}

extension Exchange {
    /// The whole body, or nil where the client broke it off.
    func wholeBody() async -> [UInt8]? {
        // Why it broke off is not what the tests with such handlers are about.
        try? await body()
    }

    /// Waits until the handler is cancelled: its client has gone, or the server stops.
    func untilCancelled() async {
        // It ends in no other way: no test lasts an hour.
        try? await loop.clock.sleep(for: .seconds(3600))
    }
}

/// What a count comes to when the server adds nothing more to it, though it has time for a whole exchange by the side.
func settled(_ count: Shared<Int>, aside: () async throws -> Void) async throws -> Int {
    var last = 0
    while last == 0 || last != count.value {
        last = count.value
        try await aside()
    }
    return last
}
