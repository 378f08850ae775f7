internal import Dispatch
internal import Glibc
internal import SocketServer
internal import Synchronization

extension StagedFake {
    /// The outcome of something, and how many requests of another client were answered until it had come: few, if
    /// the fake was kept from its sockets.
    ///
    /// The other client has a thread of its own: work that is done on Swift's pool must not keep the tests from asking.
    ///
    /// - Parameter path: what it asks for, again and again.
    public func answers<Result>(
        to path: String, while something: () async throws -> Result
    ) async throws -> (result: Result, others: Int) {
        let other = OtherClient(addresses[0], path)
        other.start()
        defer { other.stop() }
        let result = try await something()
        return (result, other.stop())
    }
}

/// One who asks and asks, with blocking calls.
private final class OtherClient: Sendable {
    private let address: SocketAddress
    private let request: [UInt8]
    private let count = Mutex<(answers: Int, isOver: Bool)>((0, false))

    init(_ address: SocketAddress, _ path: String) {
        self.address = address
        request = Array("GET \(path) HTTP/1.1\r\nHost: \(address)\r\nConnection: close\r\n\r\n".utf8)
    }

    func start() {
        DispatchQueue(label: "other-client").async { [self] in
            while !count.withLock(\.isOver), ask() { count.withLock { $0.answers += 1 } }
        }
    }

    /// How many answers it had by now.
    @discardableResult
    func stop() -> Int {
        count.withLock { count in
            count.isOver = true
            return count.answers
        }
    }

    private func ask() -> Bool {
        guard let descriptor = try? RawSocket.connected(to: address) else { return false }  // the fake has stopped
        defer { close(descriptor) }
        guard
            unsafe request.withUnsafeBytes({ unsafe send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) })
                > 0
        else { return false }
        var buffer = [UInt8](repeating: 0, count: 4096)
        var total = 0
        while true {
            let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
            if count <= 0 { return total > 0 }
            total += count
        }
    }
}
