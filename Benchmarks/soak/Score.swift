import Connectivity
import Synchronization

/// What came of all that was asked for.
final class Score: Sendable {
    private struct State {
        var done: [String: Int] = [:]
        var failed: [String: Int] = [:]
        var untyped: [String] = []
        var wrong: [String] = []
        /// Jobs of ComfyUI: how many were begun, and how many of them the server surely had.
        var jobs = 0
        var taken = 0
        /// Those that have ended since the suite forgot the last of them.
        var ended: [String] = []
        var underWay: [Int: String] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    /// Does something that ends, well or with a typed error; whatever does neither in two minutes is lost.
    func note(_ name: String, _ body: @Sendable () async throws -> Void) async {
        let number = state.withLock { state in
            state.next += 1
            state.underWay[state.next] = name
            return state.next
        }
        do {
            try await body()
            state.withLock { $0.done[name, default: 0] += 1 }
        } catch let error as ConnectivityError {
            state.withLock { $0.failed[error.code.description, default: 0] += 1 }
        } catch let error as JobFailure {
            state.withLock { $0.failed[error.code.description, default: 0] += 1 }
        } catch let error as Wrong {
            state.withLock { $0.wrong.append("\(name): \(error.description)") }
        } catch {
            state.withLock { $0.untyped.append("\(name): \(error)") }
        }
        state.withLock { $0.underWay[number] = nil }
    }

    func begin() { state.withLock { $0.jobs += 1 } }
    func take() { state.withLock { $0.taken += 1 } }
    func end(_ job: String) { state.withLock { $0.ended.append(job) } }
    func takeEnded() -> [String] {
        state.withLock { state in
            defer { state.ended = [] }
            return state.ended
        }
    }

    var jobs: Int { state.withLock(\.jobs) }
    var taken: Int { state.withLock(\.taken) }
    var untyped: [String] { state.withLock(\.untyped) }
    var wrong: [String] { state.withLock(\.wrong) }
    /// What has begun and not ended.
    var lost: [String] { state.withLock { $0.underWay.sorted { $0.key < $1.key }.map(\.value) } }
    var done: [String: Int] { state.withLock(\.done) }

    var line: String {
        let (done, failed) = state.withLock { ($0.done, $0.failed) }
        return "\(Self.list(done)) done; typed errors: \(failed.isEmpty ? "none" : Self.list(failed))"
    }

    private static func list(_ counts: [String: Int]) -> String {
        counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    }
}

/// An answer that is not what was asked for: something came twice, or not at all.
struct Wrong: Error, CustomStringConvertible {
    let description: String
}
