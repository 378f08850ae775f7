public import Fakes
public import JSONTree

/// What scenarios and tests may look at and set.
enum GradioStateMember: String, CaseIterable {
    /// False: each request gets what a client sees of an app that is still starting.
    case ready
    /// Events that wait: to be read.
    case queueSize = "queue_size"
    /// Jobs that run: to be read.
    case running
    /// True: no further event begins.
    case paused
    /// How many may wait; null for any number.
    case maxQueue = "max_queue"
}

extension FakeGradio {
    public func state() -> JSON {
        .object(JSONObject(GradioStateMember.allCases.map { ($0.rawValue, value(of: $0)) }))
    }

    private func value(of member: GradioStateMember) -> JSON {
        switch member {
        case .ready: .bool(isReady)
        case .queueSize: .int(queue.waiting.count)
        case .running: .int(queue.runningCount)
        case .paused: .bool(isPaused)
        case .maxQueue: queue.maxSize.map { .int($0) } ?? .null
        }
    }

    public func set(_ changes: JSONObject) throws(StateError) {
        var (isReady, isPaused, maxSize) = (isReady, isPaused, queue.maxSize)
        for (name, value) in changes {
            let change = StateChange(name, value)
            switch GradioStateMember(rawValue: name) {
            case .ready: isReady = try change.bool()
            case .paused: isPaused = try change.bool()
            case .maxQueue: maxSize = value.isNull ? nil : try change.count()
            case .queueSize, .running: throw change.isReadOnly
            case nil: throw change.isUnknown(among: GradioStateMember.allCases.map(\.rawValue))
            }
        }
        (self.isReady, self.isPaused, queue.maxSize) = (isReady, isPaused, maxSize)
        if app.major > .three { startWaiting() } else { startTurns() }
    }
}
