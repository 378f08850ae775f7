public import Fakes
internal import SocketServer

/// Starts a fake on a free port of its own, runs `body` against it, and stops it: for tests.
///
/// ```swift
/// try await withFake({ FakeComfyUI($0) }) { fake in
///     let answer = try await RawSocket.get(fake.url + "/queue")
/// }
/// ```
/// - Parameters:
///   - id: the fake's name, which is part of its luck.
///   - make: makes the fake in the environment that it is to live in.
public func withFake<Result>(
    id: String = "fake", seed: UInt64 = 7, speed: Double = 1, now: @escaping @Sendable () -> WallTime = { .now() },
    ports: Int = 1, _ make: (FakeEnvironment) throws -> some Fake, _ body: (RunningFake) async throws -> Result
) async throws -> Result {
    let loop = try EventLoop(name: id)
    let running: RunningFake
    do {
        let fake = try make(FakeEnvironment(id: id, loop: loop, seed: seed, speed: speed, now: now))
        running = try await RunningFake(
            fake, at: Array(repeating: SocketAddress(host: "127.0.0.1", port: 0), count: ports))
    } catch {
        await loop.stop()
        throw error
    }
    do {
        let result = try await body(running)
        await running.stop()
        await loop.stop()
        return result
    } catch {
        await running.stop()
        await loop.stop()
        throw error
    }
}
