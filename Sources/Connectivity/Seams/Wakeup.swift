internal import Synchronization

/// A bell for one sleeper: rung any number of times, it wakes once; rung while nobody sleeps, it wakes the next at once.
final class Wakeup: Sendable {
    private struct State {
        var isRung = false
        var sleeper: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func ring() {
        let sleeper = state.withLock { state in
            defer { state.sleeper = nil }
            state.isRung = state.sleeper == nil
            return state.sleeper
        }
        sleeper?.resume()
    }

    /// Forgets a ring that nobody heard.
    func silence() {
        state.withLock { $0.isRung = false }
    }

    /// Returns when the bell rings, or the task is cancelled.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isAwake = state.withLock { state in
                    if state.isRung || Task.isCancelled {
                        state.isRung = false
                        return true
                    }
                    state.sleeper = continuation
                    return false
                }
                if isAwake { continuation.resume() }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                defer { state.sleeper = nil }
                return state.sleeper
            }
            sleeper?.resume()
        }
    }

    /// Returns when the bell rings (true), or at `instant` (false), or when the task is cancelled.
    func wait(until instant: ContinuousClock.Instant, _ time: any Timekeeper) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                // A cancelled sleep means that the bell rang, or that the caller asks for cancellation itself.
                try? await time.sleep(until: instant)
                return false
            }
            group.addTask {
                await self.wait()
                return !Task.isCancelled
            }
            let isRung = await group.next() ?? false
            group.cancelAll()
            // A bell that rang while the sleep ended is heard too.
            for await other in group where other { return true }
            return isRung
        }
    }
}
