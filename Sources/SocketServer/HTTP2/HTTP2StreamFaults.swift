/// What one stream of a connection does wrongly with its body, while the others are as ever. It neither waits nor sends.
struct HTTP2StreamFaults {
    /// What may be done with what waits.
    enum Turn {
        case send(Int)
        case wait(until: ContinuousClock.Instant)
        case end(WireEnding)
    }

    private var pacing = Pacing()
    private var cut: (left: Int, ending: WireEnding)?

    /// False for what only a connection can do.
    ///
    /// - Parameter waiting: bytes that were written before and have not left.
    mutating func impose(_ fault: WireFault, after waiting: Int) -> Bool {
        switch fault {
        case .throttle(let bytesPerSecond): pacing.bytesPerSecond = bytesPerSecond
        case .slice(let bytes, let size, let gap): pacing.slice = (size ?? { bytes }, gap)
        case .cut(let count, let ending): cut = (max(0, count) + waiting, ending)
        case .latency, .closeDelay, .expiry, .stopReading, .upstream: return false
        }
        return true
    }

    func turn(for count: Int, at now: ContinuousClock.Instant) -> Turn {
        if let cut, cut.left == 0 { return .end(cut.ending) }
        let due = pacing.due(now)
        if due > now { return .wait(until: due) }
        return .send(min(pacing.size(of: count), cut?.left ?? .max))
    }

    mutating func sent(_ count: Int, at now: ContinuousClock.Instant) {
        cut?.left -= count
        pacing.sent(count, at: now)
    }
}
