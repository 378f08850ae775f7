internal import Synchronization

/// One value that many watch: each watcher gets what it is now, then every change, in order.
///
/// A watcher that falls behind loses the oldest changes, never the last.
final class Broadcast<Value: Sendable>: Sendable {
    private struct State {
        var value: Value
        var watchers: [Int: AsyncStream<Value>.Continuation] = [:]
        var next = 0
        var isFinished = false
    }

    private let state: Mutex<State>

    init(_ value: Value) {
        state = Mutex(State(value: value))
    }

    var value: Value { state.withLock(\.value) }

    func send(_ value: Value) {
        // Under the lock, so that all watchers see one order. `yield` only stores and resumes.
        state.withLock { state in
            guard !state.isFinished else { return }
            state.value = value
            for (number, watcher) in state.watchers {
                // Who watches no more is forgotten here: a handler of the stream's end would need this lock while the
                // system holds one of the watcher's task.
                if case .terminated = watcher.yield(value) { state.watchers[number] = nil }
            }
        }
    }

    /// Ends every watcher's sequence.
    func finish() {
        let watchers = state.withLock { state in
            state.isFinished = true
            defer { state.watchers = [:] }
            return state.watchers
        }
        for watcher in watchers.values { watcher.finish() }
    }

    func watch() -> AsyncStream<Value> {
        let (stream, continuation) = AsyncStream<Value>.makeStream(bufferingPolicy: .bufferingNewest(256))
        let isFinished = state.withLock { state in
            continuation.yield(state.value)
            guard !state.isFinished else { return true }
            state.next += 1
            state.watchers[state.next] = continuation
            return false
        }
        if isFinished { continuation.finish() }
        return stream
    }
}
