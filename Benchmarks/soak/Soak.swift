import Connectivity
import Foundation

/// The clients against a suite in which everything goes wrong now and then, for minutes: does anything grow, get lost, or
/// happen twice?
///
///     soak UNDERSTUDY MINUTES
///
/// The suite is a process of its own, so that memory and descriptors of both sides can be told apart.
@main struct Soak {
    static func main() async throws {
        let words = CommandLine.arguments.dropFirst()
        guard words.count == 2, let program = words.first, let minutes = words.last.flatMap(Double.init) else {
            fatalError("usage: soak UNDERSTUDY MINUTES")
        }
        let suite = try Suite(program)
        defer { suite.stop() }
        let score = Score()
        let gauge = Gauge(suite: suite.process)
        try await warmUp(suite, score)
        gauge.read()
        let idle = gauge.last
        say("soak: \(minutes) minutes of chaos; before it \(idle)")

        let end = ContinuousClock.now + .seconds(minutes * 60)
        let working = Workload.all(suite, score).map { work in
            Task { while ContinuousClock.now < end { await work() } }
        }
        let interval = Duration.seconds(max(1, minutes * 60 / 40))
        var readings = 0
        while ContinuousClock.now < end {
            try await Task.sleep(for: interval)
            if readings % 4 == 3 { await suite.forget(score.takeEnded()) }
            gauge.read()
            readings += 1
            if readings % 4 == 0 { say("\(gauge.last); \(score.line)") }
        }
        // What has begun has two minutes to end; after that it is lost.
        for _ in 0..<120 where !score.lost.isEmpty { try await Task.sleep(for: .seconds(1)) }
        if score.lost.isEmpty { for work in working { await work.value } }

        // Connections that nobody uses end after some seconds.
        try await Task.sleep(for: .seconds(5))
        gauge.read()
        say("\(gauge.last); all is closed")
        let verdict = try await Verdict(score: score, gauge: gauge, idle: idle, suite: suite)
        say(verdict)
        if !verdict.isGood {
            suite.stop()
            exit(1)
        }
    }

    /// Some of all work, so that what is made once has been made, and what is kept within bounds is there.
    private static func warmUp(_ suite: Suite, _ score: Score) async throws {
        let end = ContinuousClock.now + .seconds(20)
        await withTaskGroup { group in
            for work in Workload.all(suite, score) {
                group.addTask { repeat { await work() } while ContinuousClock.now < end }
            }
        }
        try await Task.sleep(for: .seconds(5))
    }

    /// Prints a line at once, wherever it goes.
    private static func say(_ line: some CustomStringConvertible) {
        FileHandle.standardOutput.write(Data("\(line)\n".utf8))
    }
}
