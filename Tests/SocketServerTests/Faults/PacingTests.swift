import Testing

@testable import SocketServer

@Suite struct PacingTests {
    private let start = ContinuousClock.now

    @Test func `without a fault everything leaves at once`() {
        var pacing = Pacing()

        let due = pacing.due(pacing.ready(at: start))
        pacing.sent(pacing.size(of: 1000), at: start)

        #expect(due == start)
        #expect(pacing.size(of: 1000) == 1000)
        #expect(pacing.due(start) == start)
    }

    @Test func `latency is counted from the writing, whatever is under way`() {
        var pacing = Pacing()
        pacing.latency = { .milliseconds(100) }

        let first = pacing.due(pacing.ready(at: start))
        let second = pacing.due(pacing.ready(at: start + .milliseconds(10)))

        #expect(first == start + .milliseconds(100))
        #expect(second == start + .milliseconds(110))
    }

    @Test func `a throttle keeps its rate although its timers are late`() {
        var pacing = Pacing()
        pacing.bytesPerSecond = 10_000
        var now = start
        var sent = 0
        while sent < 10_000 {
            let due = pacing.due(start)
            now = max(now, due) + .milliseconds(3)  // Late every time.
            let count = pacing.size(of: 10_000 - sent)
            pacing.sent(count, at: now)
            sent += count
        }

        let took = start.duration(to: now)
        #expect(took >= .milliseconds(990))
        #expect(took <= .milliseconds(1030))
    }

    @Test func `a throttle does not make up for time in which nothing was sent`() {
        var pacing = Pacing()
        pacing.bytesPerSecond = 1000
        pacing.sent(10, at: start)
        let later = start + .seconds(60)

        pacing.sent(10, at: later)

        #expect(pacing.due(later) > later - .milliseconds(20))
    }

    @Test(arguments: [Int.min, -1, 0, 1])
    func `a rate that is none is a byte a second`(rate: Int) {
        var pacing = Pacing()
        pacing.bytesPerSecond = rate

        #expect(pacing.size(of: 1000) == 1)
        pacing.sent(1, at: start)
        #expect(pacing.due(start) == start + .seconds(1))
    }
}
